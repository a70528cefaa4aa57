#!/usr/bin/env bash
# chart-config.sh PYTHON RENDERED..: the configurations of the chart's ConfigMaps, read by the services themselves with the environment
# and the secrets of the chart's pods: none has an unknown key, a warning, or a problem. PROGRAMS is the folder of the two binaries.
set -uo pipefail
python=$1
shift
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../quickstart/http.sh"
. "$here/../check/ports.sh"
folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-chart.XXXXXX")
pid=""
finish() { [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; rm -rf "$folder"; }
trap finish EXIT
port=$(free_ports 8)
for rendered in "$@"; do
  "$python" - "$rendered" "$folder" <<'PY' || exit 1
import os, sys, yaml
rendered, folder = sys.argv[1:]
os.makedirs(f"{folder}/secrets", exist_ok=True)
for thing in yaml.safe_load_all(open(rendered, encoding="utf-8")):
    if thing and thing["kind"] == "ConfigMap":
        for name, text in thing["data"].items():
            text = text.replace("/etc/portico/secrets", f"{folder}/secrets").replace("/etc/portico/config", folder)
            open(f"{folder}/{name}", "w", encoding="utf-8").write(text)
    if thing and thing["kind"] == "Deployment":
        spec = thing["spec"]["template"]["spec"]
        # What is mounted: a made-up secret for each key.
        for volume in spec["volumes"]:
            for item in volume.get("secret", {}).get("items", []):
                open(f"{folder}/secrets/{item['path']}", "w", encoding="utf-8").write(os.urandom(16).hex())
        lines = []
        for variable in spec["containers"][0]["env"]:
            made = {"DSN": f"sqlite://{folder}/{thing['metadata']['name']}.sqlite", "COURIER_SMTP_CONNECTION_URI": "smtps://u:p@127.0.0.1:9/"}
            value = variable.get("value", made.get(variable["name"], "k" * 32)).replace("$(OAUTH_ADMIN_KEY)", "k" * 32).replace("$(IDENTITY_ADMIN_KEY)", "k" * 32)
            lines.append(f"{variable['name']}={value}")
        open(f"{folder}/{thing['metadata']['name']}.env", "w", encoding="utf-8").write("\n".join(lines) + "\n")
PY
  for name in identity oauth; do
    verbs=(serve) && [ "$name" = oauth ] && verbs=(serve all)
    variables=()
    while IFS= read -r line; do variables+=("$line"); done <"$folder/portico-$name.env"
    rm -f "$folder"/*.sqlite*
    env "${variables[@]}" AUTO_MIGRATE=true SERVE_PUBLIC_PORT=$port SERVE_ADMIN_PORT=$((port + 1)) TRACING_PROVIDER= \
      "$PROGRAMS/$name-service" -c "$folder/$name.yml" "${verbs[@]}" >"$folder/log" 2>&1 &
    pid=$!
    waited=0
    until [ "$(http_status GET "$port" /health/ready)" = 200 ]; do
      kill -0 "$pid" 2>/dev/null || { echo "deploy: $name-service refuses the chart's configuration ($(basename "$rendered")):"; tail -5 "$folder/log"; exit 1; }
      waited=$((waited + 1))
      [ "$waited" -gt 300 ] && { tail -5 "$folder/log"; exit 1; }
      sleep 0.1
    done
    kill -TERM "$pid" && wait "$pid"
    pid=""
    if grep -E '"level":"(WARN|ERROR)"' "$folder/log"; then
      echo "deploy: $name-service complains of the chart's configuration ($(basename "$rendered"))"
      exit 1
    fi
    port=$((port + 2))
  done
done
echo "deploy: both services boot with the configurations the chart makes"
