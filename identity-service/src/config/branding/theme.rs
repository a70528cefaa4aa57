//! The colours of the pages by day and by night: what the operator names, and what follows from it.

use super::{super::read::Reader, colour::Colour};

/// Colours by what they are for, under the names the style sheet has for them.
#[derive(Debug, Clone, Copy)]
struct Palette {
    ground: Colour,
    sheet: Colour,
    ink: Colour,
    soft: Colour,
    line: Colour,
    edge: Colour,
    link: Colour,
    action: Colour,
    hover: Colour,
    on_action: Colour,
    focus: Colour,
    info: Colour,
    /// What went wrong is written in it; nobody chooses it.
    bad: Colour,
    good: Colour,
}

/// As the style sheet has them.
const LIGHT: Palette = Palette {
    ground: Colour::new(0xf3, 0xf5, 0xf8),
    sheet: Colour::WHITE,
    ink: Colour::new(0x16, 0x20, 0x2e),
    soft: Colour::new(0x4c, 0x5a, 0x70),
    line: Colour::new(0xd5, 0xdc, 0xe5),
    edge: Colour::new(0x71, 0x80, 0x9a),
    link: Colour::new(0x1a, 0x47, 0xc4),
    action: Colour::new(0x1f, 0x4f, 0xd8),
    hover: Colour::new(0x17, 0x3f, 0xb2),
    on_action: Colour::WHITE,
    focus: Colour::new(0x1a, 0x47, 0xc4),
    info: Colour::new(0xed, 0xf2, 0xfd),
    bad: Colour::new(0xa5, 0x1d, 0x1d),
    good: Colour::new(0x14, 0x63, 0x3a),
};
const DARK: Palette = Palette {
    ground: Colour::new(0x0e, 0x13, 0x1a),
    sheet: Colour::new(0x17, 0x1e, 0x28),
    ink: Colour::new(0xe8, 0xed, 0xf4),
    soft: Colour::new(0xa8, 0xb5, 0xc7),
    line: Colour::new(0x2d, 0x38, 0x48),
    edge: Colour::new(0x78, 0x89, 0xa3),
    link: Colour::new(0xa3, 0xbe, 0xff),
    action: Colour::new(0xa3, 0xbe, 0xff),
    hover: Colour::new(0xc0, 0xd3, 0xff),
    on_action: Colour::new(0x0e, 0x1a, 0x33),
    focus: Colour::new(0xa3, 0xbe, 0xff),
    info: Colour::new(0x1a, 0x26, 0x40),
    bad: Colour::new(0xff, 0xb0, 0xa8),
    good: Colour::new(0x8f, 0xdc, 0xb0),
};

/// Text (WCAG 2.2, 1.4.3), and parts of the interface (1.4.11).
const TEXT: f64 = 4.5;
const PART: f64 = 3.0;

/// What an operator chose for one of the two.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen {
    primary: Option<Colour>,
    on_primary: Option<Colour>,
    background: Option<Colour>,
    surface: Option<Colour>,
    text: Option<Colour>,
    link: Option<Colour>,
}

impl Chosen {
    fn read(r: &Reader<'_>, path: &str) -> Self {
        let colour = |name: &str| r.parsed(&format!("{path}.{name}"));
        Self {
            primary: colour("primary"),
            on_primary: colour("on_primary"),
            background: colour("background"),
            surface: colour("surface"),
            text: colour("text"),
            link: colour("link"),
        }
    }

    fn is_any(&self) -> bool {
        let all = [self.primary, self.on_primary, self.background, self.surface, self.text, self.link];
        all.iter().any(Option::is_some)
    }

    fn applied(&self, base: Palette) -> Palette {
        let mut palette = Palette {
            ground: self.background.unwrap_or(base.ground),
            sheet: self.surface.unwrap_or(base.sheet),
            ink: self.text.unwrap_or(base.ink),
            ..base
        };
        if self.background.or(self.surface).or(self.text).is_some() {
            palette = palette.toned();
        }
        if let Some(primary) = self.primary {
            palette.action = primary;
            palette.on_action = primary.text_on_it();
            (palette.link, palette.focus) = (primary, primary);
        }
        palette.on_action = self.on_primary.unwrap_or(palette.on_action);
        palette.link = self.link.unwrap_or(palette.link);
        if self.primary.or(self.on_primary).is_some() {
            // Away from the text on it.
            let away = if palette.on_action.text_on_it() == Colour::DARK { Colour::DARK } else { Colour::WHITE };
            palette.hover = palette.action.mixed(82, away);
        }
        let tinted = palette.link.mixed(7, palette.sheet);
        palette.info = if palette.link.contrast(tinted) >= TEXT { tinted } else { palette.sheet };
        palette
    }
}

impl Palette {
    /// What lies between text and ground, anew.
    fn toned(self) -> Self {
        let told = |percent: &u16, least: f64| {
            let mixed = self.ink.mixed(*percent, self.sheet);
            mixed.contrast(self.sheet) >= least && mixed.contrast(self.ground) >= least
        };
        let between = |from: u16, least: f64| {
            let percent = (from..100).step_by(4).find(|percent| told(percent, least)).unwrap_or(100);
            self.ink.mixed(percent, self.sheet)
        };
        Self { soft: between(66, TEXT), edge: between(44, PART), line: self.ink.mixed(16, self.sheet), ..self }
    }

    fn checked(&self, r: &Reader<'_>, path: &str) {
        let pairs = [
            ("primary", "the text on it", self.action, self.on_action, TEXT),
            ("primary", "the ground it stands on", self.focus, self.ground, PART),
            ("link", "the surface", self.link, self.sheet, TEXT),
            ("text", "the surface", self.ink, self.sheet, TEXT),
            ("text", "the background", self.ink, self.ground, TEXT),
            ("surface", "the text of errors", self.bad, self.sheet, TEXT),
            ("surface", "the text of good news", self.good, self.sheet, TEXT),
        ];
        for (name, what, one, other, least) in pairs {
            let ratio = one.contrast(other);
            if ratio < least {
                r.warn(format!(
                    "{path}.{name}: its contrast to {what} is {ratio:.1} to 1, and people need {least} to 1 to read it \
                     (WCAG 2.2)"
                ));
            }
        }
    }

    fn css(&self) -> String {
        let named = [
            ("ground", self.ground),
            ("sheet", self.sheet),
            ("ink", self.ink),
            ("soft", self.soft),
            ("line", self.line),
            ("edge", self.edge),
            ("link", self.link),
            ("action", self.action),
            ("action-hover", self.hover),
            ("on-action", self.on_action),
            ("focus", self.focus),
            ("info-ground", self.info),
        ];
        named.iter().fold(":root{".to_owned(), |css, (name, colour)| css + &format!("--{name}:{colour};")) + "}"
    }
}

/// Both themes, where anything is chosen.
#[derive(Debug, Default)]
pub(super) struct Themes {
    light: Option<Palette>,
    dark: Option<Palette>,
}

impl Themes {
    /// Reads `branding.colors`. By night the primary colour is the day's, made lighter until it can be read.
    pub(super) fn read(r: &Reader<'_>) -> Self {
        let day = Chosen::read(r, "branding.colors.light");
        let mut night = Chosen::read(r, "branding.colors.dark");
        if let (None, Some(primary)) = (night.primary, day.primary) {
            let ground = night.surface.unwrap_or(DARK.sheet);
            let lighter = |percent: &u16| primary.mixed(*percent, Colour::WHITE).contrast(ground) >= 5.5;
            let percent = (0..=100_u16).rev().step_by(4).find(lighter).unwrap_or(0);
            night.primary = Some(primary.mixed(percent, Colour::WHITE));
        }
        let made = |chosen: Chosen, base: Palette, path: &str| {
            let palette = chosen.is_any().then(|| chosen.applied(base))?;
            palette.checked(r, path);
            Some(palette)
        };
        Self { light: made(day, LIGHT, "branding.colors.light"), dark: made(night, DARK, "branding.colors.dark") }
    }

    /// The rules of a style sheet that comes after ours.
    pub(super) fn css(&self) -> String {
        let light = self.light.as_ref().map(Palette::css).unwrap_or_default();
        // What is chosen for the day alone must not stay at night.
        let night = self.dark.or(self.light.map(|_| DARK));
        let dark = night.map(|night| format!("@media (prefers-color-scheme:dark){{{}}}", night.css()));
        [light, dark.unwrap_or_default()].concat()
    }
}
