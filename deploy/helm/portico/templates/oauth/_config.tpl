{{/* hydra.yml as the chart makes it; oauth.config is laid over it. */}}
{{- define "portico.oauth.defaults" -}}
{{- $full := include "portico.fullname" . -}}
{{- $pages := include "portico.base" .Values.urls.identity -}}
serve:
  public:
    host: 0.0.0.0
    port: 4444
    request_log:
      disable_for_health: true
  admin:
    host: 0.0.0.0
    port: 4445
    api_keys_files:
      {{- include "portico.secretFiles" .Values.oauth.secret.adminKeys | nindent 6 }}
    request_log:
      disable_for_health: true
{{- with .Values.trustedProxies }}
trusted_proxies:
  {{- toYaml . | nindent 2 }}
{{- end }}
secrets:
  system_files:
    {{- include "portico.secretFiles" .Values.oauth.secret.system | nindent 4 }}
  cookie_files:
    {{- include "portico.secretFiles" .Values.oauth.secret.cookie | nindent 4 }}
urls:
  self:
    issuer: {{ .Values.urls.issuer }}
    public: {{ include "portico.base" .Values.urls.issuer }}
  login: {{ $pages }}login
  registration: {{ $pages }}registration
  consent: {{ $pages }}consent
  logout: {{ $pages }}logout
  device:
    verification: {{ $pages }}device
    success: {{ $pages }}device/done
  error: {{ $pages }}error
  post_logout_redirect: {{ $pages }}login
  identity_provider:
    url: http://{{ $full }}-identity-admin:4434
strategies:
  access_token: jwt
oauth2:
  access_token_alg: ES256
  refresh_token_hook:
    url: http://{{ $full }}-identity-admin:4434/admin/oauth2/token-hook
    auth:
      type: api_key
      config:
        in: header
        name: Authorization
ttl:
  access_token: 15m
  refresh_token: 168h
keys:
  rotation:
    interval: 2160h
    overlap: 24h
log:
  level: info
  format: json
{{- end -}}

{{- define "portico.oauth.config" -}}
{{- $defaults := include "portico.oauth.defaults" . | fromYaml -}}
{{- mustMergeOverwrite $defaults (deepCopy .Values.oauth.config) | toYaml -}}
{{- end -}}

{{- define "portico.oauth.env" -}}
{{- $own := .Values.oauth.secret -}}
- name: DSN
  valueFrom:
    secretKeyRef: { name: {{ $own.name }}, key: {{ $own.dsn }} }
- name: IDENTITY_ADMIN_KEY
  valueFrom:
    secretKeyRef: { name: {{ .Values.identity.secret.name }}, key: {{ first .Values.identity.secret.adminKeys }} }
- name: OAUTH2_REFRESH_TOKEN_HOOK_AUTH_CONFIG_VALUE
  value: Bearer $(IDENTITY_ADMIN_KEY)
- name: URLS_IDENTITY_PROVIDER_HEADERS
  value: '{"Authorization":"Bearer $(IDENTITY_ADMIN_KEY)"}'
{{- with .Values.oauth.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
