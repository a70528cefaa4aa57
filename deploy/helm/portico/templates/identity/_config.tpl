{{/* kratos.yml as the chart makes it; identity.config is laid over it. */}}
{{- define "portico.identity.defaults" -}}
{{- $full := include "portico.fullname" . -}}
{{- $base := include "portico.base" .Values.urls.identity -}}
version: v0.13.0
serve:
  public:
    host: 0.0.0.0
    port: 4433
    base_url: {{ $base }}
    request_log:
      disable_for_health: true
  admin:
    host: 0.0.0.0
    port: 4434
    base_url: http://{{ $full }}-identity-admin:4434/
    api_keys_files:
      {{- include "portico.secretFiles" .Values.identity.secret.adminKeys | nindent 6 }}
    request_log:
      disable_for_health: true
{{- with .Values.trustedProxies }}
trusted_proxies:
  {{- toYaml . | nindent 2 }}
{{- end }}
secrets:
  default_files:
    {{- include "portico.secretFiles" .Values.identity.secret.default | nindent 4 }}
  cookie_files:
    {{- include "portico.secretFiles" .Values.identity.secret.cookie | nindent 4 }}
  cipher_files:
    {{- include "portico.secretFiles" .Values.identity.secret.cipher | nindent 4 }}
{{- with .Values.identity.schemas }}
identity:
  default_schema_id: {{ default (keys . | sortAlpha | first) $.Values.identity.defaultSchema }}
  schemas:
    {{- range $id, $text := . }}
    - id: {{ $id }}
      url: file:///etc/portico/config/{{ $id }}.schema.json
    {{- end }}
{{- end }}
selfservice:
  default_browser_return_url: {{ $base }}welcome
  flows:
    login:
      after:
        password:
          hooks:
            - hook: require_verified_address
    registration:
      after:
        password:
          hooks:
            - hook: session
            - hook: show_verification_ui
    verification:
      enabled: true
      use: code
    recovery:
      enabled: true
      use: code
  methods:
    code:
      enabled: true
courier:
  smtp:
    from_address: no-reply@{{ include "portico.host" .Values.urls.identity }}
oauth2_provider:
  url: http://{{ $full }}-oauth-admin:4445
log:
  level: info
  format: json
{{- end -}}

{{- define "portico.identity.config" -}}
{{- $defaults := include "portico.identity.defaults" . | fromYaml -}}
{{- mustMergeOverwrite $defaults (deepCopy .Values.identity.config) | toYaml -}}
{{- end -}}

{{- define "portico.identity.env" -}}
{{- $own := .Values.identity.secret -}}
- name: DSN
  valueFrom:
    secretKeyRef: { name: {{ $own.name }}, key: {{ $own.dsn }} }
{{- with $own.smtp }}
- name: COURIER_SMTP_CONNECTION_URI
  valueFrom:
    secretKeyRef: { name: {{ $own.name }}, key: {{ . }} }
{{- end }}
- name: OAUTH_ADMIN_KEY
  valueFrom:
    secretKeyRef: { name: {{ .Values.oauth.secret.name }}, key: {{ first .Values.oauth.secret.adminKeys }} }
- name: OAUTH2_PROVIDER_HEADERS
  value: '{"Authorization":"Bearer $(OAUTH_ADMIN_KEY)"}'
{{- with .Values.identity.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portico.identity.mounts" -}}
- { name: config, mountPath: /etc/portico/config, readOnly: true }
- { name: secrets, mountPath: /etc/portico/secrets, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- with .Values.identity.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portico.identity.volumes" -}}
{{- $own := .Values.identity.secret -}}
- name: config
  configMap:
    name: {{ include "portico.fullname" . }}-identity
- name: secrets
  secret:
    secretName: {{ $own.name }}
    defaultMode: 288
    items:
      {{- include "portico.secretItems" (concat $own.adminKeys $own.default $own.cookie $own.cipher) | nindent 6 }}
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- with .Values.identity.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
