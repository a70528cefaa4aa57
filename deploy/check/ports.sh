# Sourced: free_ports COUNT prints the first of so many ports in a row on which nobody listens.
free_ports() {
  local first port
  while :; do
    first=$((20000 + RANDOM % 12000))
    for ((port = first; port < first + $1; port++)); do
      (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
    done
    echo "$first"
    return
  done
}
