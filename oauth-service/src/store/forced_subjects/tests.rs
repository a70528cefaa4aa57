use shared_types::on_both;

use super::*;
use crate::store::support::open;

on_both!(
    async fn a_name_is_kept_per_client(dsn: String) {
        let db = open(&dsn).await;
        let (shop, bank) = (ClientId::from("shop"), ClientId::from("bank"));
        for value in ["x", "y"] {
            let shop = shop.clone();
            db.write(move |conn| put(conn, "ann", &shop, value)).await.unwrap();
        }
        assert_eq!(db.read(move |conn| find(conn, "ann", &shop)).await.unwrap().as_deref(), Some("y"));
        assert_eq!(db.read(move |conn| find(conn, "ann", &bank)).await.unwrap(), None);
    }
);
