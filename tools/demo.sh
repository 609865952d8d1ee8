#!/usr/bin/env bash
# The demo plant's machines, then the server in their place: an MQTT broker for positions, gates,
# weather and edge nodes, and the simulator (controllers, an OPC UA server, 300 people). Both end
# with the server, however it ends. Called inside the root: demo.sh PROGRAM serve ...
set -euo pipefail

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { # the first from $1 on that nobody has
  local port=$1
  for _ in $(seq 50); do
    if is_free "$port"; then echo "$port"; return; fi
    port=$((port + 1))
  done
  echo "anlan: no free port from $1 on for the demo plant" >&2
  exit 1
}

program=$1
# Guardians and workers of the two permits of the seed stay where their work is.
posts=(--post B-0004=165,310 --post B-0048=163,308 --post B-0047=164,313 --post B-0049=167,313
  --post B-0019=330,300 --post B-0020=331,302 --post B-0018=334,303)
modbus=$(free_port 15020)
mqtt=$(free_port 18830)
opcua=$(free_port 14840)
folder=$(mktemp -d /tmp/anlan-demo-XXXXXX)
# Whoever changes its user forgets the signal of its parent's death: the broker stays who it is.
printf '%s\n' "listener $mqtt 127.0.0.1" 'allow_anonymous true' 'persistence false' \
  'set_tcp_nodelay true' 'log_type error' 'user root' >"$folder/mosquitto.conf"
setpriv --pdeathsig TERM /usr/sbin/mosquitto -c "$folder/mosquitto.conf" &
for _ in $(seq 50); do
  is_free "$mqtt" || break
  sleep 0.1
done
setpriv --pdeathsig TERM "$program" plantsim --modbus-port "$modbus" --mqtt-port "$mqtt" \
  --opcua-port "$opcua" --plan packs/plant/plan/plant.geojson "${posts[@]}" \
  >"$folder/plantsim.log" 2>&1 &
exec "$@" --packs packs --packs examples --source "S-PLC1=127.0.0.1:$modbus" \
  --source "S-PLC2=127.0.0.1:$modbus" --source "S-RTLS=127.0.0.1:$mqtt" \
  --source "S-SPB=127.0.0.1:$mqtt" --source "S-UA=127.0.0.1:$opcua"
