#!/usr/bin/env bash
# What `make check` looks at below deploy/: the chart, the Compose files, dashboard and alerts, the recipes for proxies, and, where the
# services are built, the example configurations and the file trees of the images. A tool that can neither be found nor installed is
# named, and what it would have looked at is said not to be checked.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. deploy/check/tools.sh
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/portico-deploy.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
skip() { echo "deploy: $1 NOT checked: $2"; }
fail() { echo "deploy: $*"; failed=1; }

echo "deploy: dashboard and alerts name figures that are exported"
python3 deploy/observability/check.py || failed=1
if promtool=$(debian_tool promtool prometheus usr/bin/promtool); then
  (cd deploy/observability && "$promtool" check rules alerts.yml && "$promtool" test rules alerts.test.yml) >"$scratch/promtool" 2>&1 ||
    { cat "$scratch/promtool"; fail "promtool refuses the alerts"; }
  python3 deploy/observability/check.py --queries >"$scratch/queries.yml" &&
    "$promtool" check rules "$scratch/queries.yml" >"$scratch/promtool" 2>&1 || { cat "$scratch/promtool"; fail "promtool refuses a query of the dashboard"; }
  "$promtool" check config --syntax-only deploy/observability/prometheus.yml >"$scratch/promtool" 2>&1 || { cat "$scratch/promtool"; fail "promtool refuses prometheus.yml"; }
else
  skip "the alerts' syntax" "no promtool (Debian: prometheus)"
fi

if compose=$(own_tool compose); then
  deploy/compose/secrets.sh "$scratch/env" >/dev/null
  for file in deploy/compose/*compose*.yml; do
    "$compose" "$scratch/env" "$file" || failed=1
  done
else
  skip "the Compose files" "no Go, or nowhere to take their parser from"
fi

if dockerfile=$(own_tool dockerfile); then
  for file in deploy/docker/Dockerfile deploy/examples/Dockerfile; do "$dockerfile" "$file" || failed=1; done
else
  skip "the Dockerfiles" "no Go, or nowhere to take its parser from"
fi

if helm=$(go_tool helm helm.sh/helm/v3/cmd/helm@v3.22.0); then
  echo "deploy: chart"
  chart=deploy/helm/portico
  for values in minimal full bare; do
    "$helm" lint --strict --quiet "$chart" --kube-version 1.37.0 -f "$chart/ci/$values.yaml" || fail "helm lint, $values values"
    for version in 1.30.0 1.37.0; do
      "$helm" template portico "$chart" --namespace portico --kube-version "$version" -f "$chart/ci/$values.yaml" >"$scratch/$values-$version.yaml" ||
        fail "helm template, $values values, Kubernetes $version"
    done
  done
  "$helm" template portico "$chart" --kube-version 1.37.0 >/dev/null 2>"$scratch/none" && fail "the chart renders without its two addresses"
  "$helm" template portico "$chart" --kube-version 1.37.0 -f "$chart/ci/minimal.yaml" --set oauth.replica=2 >/dev/null 2>&1 &&
    fail "values.schema.json lets an unknown value pass"
  if python=$(python_tools); then
    "$python" deploy/check/kubernetes.py "$scratch"/{minimal,full,bare}-*.yaml || failed=1
  else
    skip "the chart's objects" "no Python, or nowhere to install kubernetes-validate from"
  fi
  if custom=$(own_tool custom); then
    "$custom" "$scratch"/full-*.yaml || failed=1
  else
    skip "HTTPRoute and ServiceMonitor" "no Go, or nowhere to take their types from"
  fi
  # The chart's own configuration is the service's matter: it says whether every key is known.
  if [ -n "${python:-}" ] && programs=$(built); then
    PROGRAMS="$programs" deploy/check/chart-config.sh "$python" "$scratch"/{minimal,full,bare}-1.37.0.yaml || failed=1
  else
    skip "the configurations the chart makes" "the services are not built"
  fi
else
  skip "the chart" "no helm, and no Go to build it with"
fi

if nginx=$(debian_tool nginx nginx usr/sbin/nginx); then
  NGINX_PROGRAM="$nginx" PROGRAMS="$(built)" deploy/forward-auth/check.sh || failed=1
else
  skip "the recipe for nginx" "no nginx"
fi

if envoy=$(own_tool envoy); then
  "$envoy" deploy/forward-auth/envoy.yml || failed=1
else
  skip "the recipe for Envoy" "no Go, or nowhere to take its types from"
fi
echo "deploy: the recipe for Traefik is NOT checked but for its being YAML"
[ -n "${python:-}" ] && { "$python" -c 'import sys, yaml; [list(yaml.safe_load_all(open(name))) for name in sys.argv[1:]]' deploy/forward-auth/traefik*.yml || failed=1; }

if programs=$(built); then
  mkdir "$scratch/scraped"
  PROGRAMS="$programs" KEEP_METRICS="$scratch/scraped" deploy/config/check.sh || failed=1
  python3 deploy/observability/check.py --scraped "$scratch"/scraped/*.metrics || failed=1
  python3 deploy/runbooks/check.py "$programs" || failed=1
  if prometheus=$(debian_tool prometheus prometheus usr/bin/prometheus); then
    python3 deploy/observability/live.py "$programs" "$prometheus" || failed=1
  else
    skip "what the dashboard's queries answer" "no Prometheus"
  fi
  PROGRAMS="$programs" deploy/docker/check.sh || failed=1
else
  skip "the example configurations, the runbooks and the images' file trees" "the services are not built"
fi

[ "$failed" -eq 0 ] && echo "deploy: clean"
exit "$failed"
