# Sourced: one HTTP request with nothing but the shell, since a fresh machine need not have curl.
#   http METHOD PORT PATH [KEY [BODY]]   prints the answer, head and body; fails when nobody listens.
http() {
  local LC_ALL=C method=$1 port=$2 path=$3 key=${4:-} body=${5:-}
  (
    exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
    printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\nAccept: application/json\r\n' "$method" "$path" "$port" >&3
    [ -n "$key" ] && printf 'Authorization: Bearer %s\r\n' "$key" >&3
    printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "${#body}" "$body" >&3
    cat <&3
  ) 2>/dev/null
}

#   http_status METHOD PORT PATH [KEY [BODY]]   prints the status alone, 000 when nobody listens.
http_status() {
  local answer
  answer=$(http "$@" | head -1)
  answer=${answer#HTTP/1.1 }
  answer=${answer%% *}
  printf '%s' "${answer:-000}"
}
