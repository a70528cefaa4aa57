//! The person in front of the browser, who does what relying parties ask for.

use anyhow::{Context as _, bail, ensure};
use integration_tests::{
    form::Form,
    login::CALLBACK,
    person::{Page, Person},
};
use serde_json::{Value, json};

use crate::oauth::{EMAIL, PASSWORD, Scene, text};

/// How many pages lie between an authorization request and its answer, at most.
const PAGES: usize = 6;

/// Stays signed in from one request to the next.
pub(super) struct Visitor<'a> {
    scene: &'a Scene,
    person: Person,
    /// Where browsing ends: at any address of the client's.
    end: String,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(scene: &'a Scene) -> anyhow::Result<Self> {
        let end = CALLBACK.trim_end_matches("callback").to_owned();
        Ok(Self { scene, person: Person::new()?.ending_at(&end), end })
    }

    /// Opens an address, or types the code of a device, and says where that ended.
    pub(super) async fn answer(&self, asked: &Value) -> anyhow::Result<Value> {
        if let Some(url) = ["open", "logout"].iter().find_map(|name| asked[name].as_str()) {
            let page = self.person.open(url).await?;
            let came = self.go_on(page).await?;
            ensure!(came.get("page").is_none(), "stuck at {came}");
            return Ok(came);
        }
        let page = self.person.open(text(asked, "device")?).await?;
        let challenge = page.parameter("device_challenge").with_context(|| format!("no challenge at {}", page.url))?;
        let path = format!("/admin/oauth2/auth/requests/device/accept?device_challenge={challenge}");
        let body = json!({ "user_code": text(asked, "code")? });
        let next = self.scene.world.oauth_admin("PUT", &path, Some(&body)).await?.expect(200)?;
        let page = self.person.open(text(&next, "redirect_to")?).await?;
        self.go_on(page).await
    }

    /// Signs in and agrees to everything, until an address of the client's or a page that asks for nothing.
    async fn go_on(&self, mut page: Page) -> anyhow::Result<Value> {
        for _ in 0..PAGES {
            if page.url.as_str().starts_with(&self.end) {
                return Ok(json!({ "url": page.url }));
            }
            let forms = Form::all(&page.html);
            let has = |name: &str, value: &str| {
                forms.iter().any(|form| form.buttons.iter().any(|(n, v)| n == name && v == value))
            };
            if has("method", "password") {
                let fields = [("identifier", EMAIL), ("password", PASSWORD)];
                page = self.person.press(&page, ("method", "password"), &fields).await?;
            } else if has("action", "accept") {
                page = self.person.press(&page, ("action", "accept"), &[]).await?;
            } else if let Some(form) = forms.iter().find(|form| form.action.starts_with(&self.end)) {
                let fields: serde_json::Map<_, _> =
                    form.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                return Ok(json!({ "url": form.action, "form": fields }));
            } else {
                return Ok(json!({ "url": page.url, "page": page.html }));
            }
        }
        bail!("more than {PAGES} pages, the last at {}", page.url)
    }
}
