use super::otlp_endpoint;

#[test]
fn a_host_stands_for_the_path_of_traces() {
    for (server_url, insecure, endpoint) in [
        ("collector:4318", true, "http://collector:4318/v1/traces"),
        ("collector:4318", false, "https://collector:4318/v1/traces"),
        ("http://collector:4318/", false, "http://collector:4318/v1/traces"),
        ("https://collector/own/path", false, "https://collector/own/path"),
    ] {
        assert_eq!(otlp_endpoint(server_url, insecure), endpoint);
    }
}
