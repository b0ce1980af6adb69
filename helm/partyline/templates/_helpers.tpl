{{/* The beginning of all names. */}}
{{- define "partyline.name" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What finds the pods of one part: give it (list . "server"). */}}
{{- define "partyline.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: partyline
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* The labels of every object of one part: give it (list . "server"). */}}
{{- define "partyline.labels" -}}
{{- $root := index . 0 -}}
{{ include "partyline.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "partyline.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The image that has the sandbox's caller and voice. */}}
{{- define "partyline.sandboxImage" -}}
{{- .Values.sandbox.image | default (printf "%s:%s-sandbox" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion)) -}}
{{- end -}}

{{/* What every pod has by Pod Security's "restricted": give it the user's number. */}}
{{- define "partyline.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "partyline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The first lines of every pod's spec: give it (dict "root" . "user" 1000). */}}
{{- define "partyline.podStart" -}}
serviceAccountName: {{ .serviceAccount | default (include "partyline.name" .root) }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "partyline.podSecurity" .user | nindent 2 }}
{{- end -}}

{{/* The Secret that has the settings. */}}
{{- define "partyline.secret" -}}
{{- .Values.secrets.existingSecret | default (include "partyline.name" .) -}}
{{- end -}}

{{/* One secret setting: give it (list . "DATABASE_URL" true), the last one for: it must be there. */}}
{{- define "partyline.secretEnv" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $secret := include "partyline.secret" $root -}}
{{- if and $root.Values.postgresql.enabled (eq $name "DATABASE_URL") -}}
{{- $secret = printf "%s-postgresql" (include "partyline.name" $root) -}}
{{- else if and $root.Values.livekit.enabled (hasPrefix "LIVEKIT_" $name) -}}
{{- $secret = printf "%s-livekit" (include "partyline.name" $root) -}}
{{- end -}}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ $name }}
      {{- if not (index . 2) }}
      optional: true
      {{- end }}
{{- end -}}

{{- define "partyline.secretNames" -}}
DEEPGRAM_API_KEY OPENAI_API_KEY CARTESIA_API_KEY ASSEMBLYAI_API_KEY GROQ_API_KEY WHISPER_API_KEY AZURE_SPEECH_API_KEY GOOGLE_APPLICATION_CREDENTIALS AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN ELEVENLABS_API_KEY ANTHROPIC_API_KEY COMPATIBLE_API_KEY EMBEDDINGS_API_KEY GEMINI_API_KEY LIVEKIT_API_KEY LIVEKIT_API_SECRET S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY STAFF_LISTENER_PASSWORD STAFF_SUPERVISOR_PASSWORD OIDC_CLIENT_ID OIDC_CLIENT_SECRET OTEL_EXPORTER_OTLP_HEADERS
{{- end -}}

{{/* The host of publicUrl. */}}
{{- define "partyline.host" -}}
{{- (urlParse .Values.publicUrl).host | splitList ":" | first -}}
{{- end -}}

{{/* The longest time in seconds that a connection of a call lasts: what a proxy must allow. */}}
{{- define "partyline.longestSeconds" -}}
{{- mul (add (int .Values.calls.maxMinutes) 5) 60 -}}
{{- end -}}

{{/* What is wrong beyond what the schema can say. */}}
{{- define "partyline.check" -}}
{{- $secrets := .Values.secrets -}}
{{- $ways := list -}}
{{- if $secrets.existingSecret }}{{ $ways = append $ways "secrets.existingSecret" }}{{ end -}}
{{- if $secrets.generate }}{{ $ways = append $ways "secrets.generate" }}{{ end -}}
{{- if $secrets.external.enabled }}{{ $ways = append $ways "secrets.external.enabled" }}{{ end -}}
{{- if ne (len $ways) 1 -}}
{{- fail (printf "set one of secrets.existingSecret, secrets.external.enabled and, for trying out, secrets.generate; set are: %s" (join ", " $ways | default "none")) -}}
{{- end -}}
{{- if and $secrets.external.enabled (not $secrets.external.store.name) -}}
{{- fail "secrets.external.store.name: name the SecretStore that has the secrets" -}}
{{- end -}}
{{- if and $secrets.generate (not .Values.postgresql.enabled) -}}
{{- fail "secrets.generate makes no DATABASE_URL: set postgresql.enabled, or use secrets.existingSecret" -}}
{{- end -}}
{{- $needed := add (int .Values.rollout.preStopSeconds) (int .Values.rollout.drainSeconds) 40 -}}
{{- if gt (int $needed) (int .Values.rollout.graceSeconds) -}}
{{- fail (printf "rollout.graceSeconds: %d would kill servers with live calls: preStopSeconds and drainSeconds need %d" (int .Values.rollout.graceSeconds) (int $needed)) -}}
{{- end -}}
{{- if and (ne .Values.autoscaling.kind "none") (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling: minReplicas is above maxReplicas" -}}
{{- end -}}
{{- if and (ne .Values.autoscaling.kind "none") (not .Values.metrics.enabled) -}}
{{- fail "autoscaling needs metrics.enabled: it counts calls" -}}
{{- end -}}
{{- if ne (toString .Values.resources.requests.cpu) (toString .Values.resources.limits.cpu) -}}
{{- fail "resources: request as much CPU as the limit: a server that is throttled stutters" -}}
{{- end -}}
{{- if and (.Values.gateway.enabled) (not .Values.gateway.parentRefs) -}}
{{- fail "gateway.parentRefs: name the Gateway that people and Twilio come through" -}}
{{- end -}}
{{- if and .Values.livekit.enabled (or (ne .Values.autoscaling.kind "none") (ne (int .Values.replicas) 1)) -}}
{{- fail "livekit.enabled: the LiveKit server for trying out is beside one server: set replicas to 1, or use a LiveKit server of your own (settings.LIVEKIT_URL)" -}}
{{- end -}}
{{- if and .Values.sandbox.enabled (eq (toString .Values.settings.NODE_ENV) "production") -}}
{{- fail "sandbox.enabled: stand-ins are for trying out; set settings.NODE_ENV to development" -}}
{{- end -}}
{{- end -}}
