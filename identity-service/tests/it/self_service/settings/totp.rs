//! An authenticator app: set up with a proof, removed again.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{add_app, app_code, by_id, everything, has, text_of, whoami},
    world::{World, ids, messages, node, parts},
};

on_both! {
    async fn an_app_is_set_up_by_showing_that_it_works(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let image = &by_id(&flow, "totp_qr")["attributes"];
        assert!(image["src"].as_str().unwrap().starts_with("data:image/png;base64,"));
        assert_eq!((&image["width"], &image["height"]), (&json!(256), &json!(256)));
        let uri = read_picture(image["src"].as_str().unwrap());
        let secret = text_of(&flow, "totp_secret_key");
        assert!(uri.starts_with("otpauth://totp/Example%20%26%20Co:anna%40example%2Eorg?"), "{uri}");
        assert!(uri.contains(&format!("secret={secret}")), "{uri}");
        let wrong = json!({"method": "totp", "totp_code": "000000"});
        let (status, body) = parts(browser.submit(&flow, wrong).await).await;
        assert_eq!((status, ids(&node(&body, "totp_code")["messages"])), (400, vec![4_000_008]), "{body}");
        assert_eq!(text_of(&body, "totp_secret_key"), secret, "another try is with the same secret");
        let right = json!({"method": "totp", "totp_code": app_code(&world, &secret)});
        let (status, body) = parts(browser.submit(&body, right).await).await;
        assert_eq!((status, messages(&body)), (200, vec![1_050_001]), "{body}");
        assert!(has(&body, "totp_unlink") && !has(&body, "totp_code"));
        assert!(by_id(&body, "totp_qr").is_null());
        let (_, session) = whoami(&browser).await;
        assert_eq!(session["authenticator_assurance_level"], "aal2", "setting up is a proof");
        world.stop().await;
    }
}

on_both! {
    async fn an_app_can_be_removed(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "totp", "totp_unlink": true})).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        assert_ne!(text_of(&body, "totp_secret_key"), secret);
        let (status, _) = crate::self_service::people::sign_in(&world.browser(), "anna@example.org").await;
        assert_eq!(status, 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_secret_of_another_flow_is_not_taken(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let (one, two) = (
            browser.begin("/self-service/settings/browser").await,
            browser.begin("/self-service/settings/browser").await,
        );
        let code = app_code(&world, &text_of(&one, "totp_secret_key"));
        let (status, _) = parts(browser.submit(&two, json!({"method": "totp", "totp_code": code})).await).await;
        assert_eq!(status, 400);
        world.stop().await;
    }
}

/// What the picture says, read by a decoder that is not ours.
fn read_picture(src: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let png = STANDARD.decode(src.split_once(',').unwrap().1).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png));
    reader.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = reader.read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    assert_eq!((info.width, info.height, info.color_type), (256, 256, png::ColorType::Grayscale));
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(256, 256, |x, y| dots[y * 256 + x]);
    picture.detect_grids()[0].decode().unwrap().1
}

on_both! {
    async fn without_an_app_there_is_none_to_remove(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "totp", "totp_unlink": true})).await).await;
        assert_eq!((status, ids(&node(&body, "totp_code")["messages"])), (400, vec![4_000_002]), "{body}");
        world.stop().await;
    }
}
