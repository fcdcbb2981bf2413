#!/bin/bash
# The WireGuard hub that routers dial into, and the worker's way out. `pagos-hub boot` at each start of the instance,
# `pagos-hub take-peers` every half minute, `pagos-hub firewall` shows what is let through.
set -euo pipefail
# shellcheck source=/dev/null
. "${PAGOS_HUB_SETTINGS:-/etc/pagos-hub}"
: "${BUCKET:?}" "${KEY_PARAMETER:?}" "${ADDRESS_ALLOCATION:?}" "${ROUTE_TABLES:?}" "${WORKER_SUBNETS:?}" "${OWN_RANGE:?}"
: "${HUB_ADDRESS:?}" "${TUNNEL_RANGE:?}" "${PORT:?}"
STATE=${STATE:-/var/lib/pagos-hub}

imds() {
  local token
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

read_key() {
  aws ssm get-parameter --name "$KEY_PARAMETER" --with-decryption --query Parameter.Value --output text
}

# The private key, the same for every instance that ever is the hub. Never overwritten: of two that are first at once, the one
# that is stored counts for both. Handed over in a file, since arguments are everybody's to see.
key() {
  local draft=$STATE/new-key
  read_key 2>/dev/null && return
  (umask 077 && wg genkey | tr -d '\n' >"$draft")
  aws ssm put-parameter --type SecureString --name "$KEY_PARAMETER" --value "file://$draft" >/dev/null || true
  rm -f "$draft"
  read_key
}

# Workers reach routers and the internet. Nobody in the tunnel reaches another router, a worker, the internet, or this
# instance; of what is on its way already, answers come through.
firewall() {
  local out=${OUTSIDE:-$(ip route show default | awk '{ print $5; exit }')}
  cat <<RULES
table inet pagos
delete table inet pagos
table inet pagos {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname "lo" accept
    iifname "$out" udp dport $PORT accept
    iifname "$out" udp sport 67 udp dport 68 accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "$out" oifname "wg0" ip saddr { $WORKER_SUBNETS } ip daddr $TUNNEL_RANGE accept
    iifname "$out" oifname "$out" ip saddr { $WORKER_SUBNETS } ip daddr != { $OWN_RANGE, 169.254.0.0/16 } accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr { $WORKER_SUBNETS } masquerade
  }
}
RULES
}

interface() {
  ip link show wg0 >/dev/null 2>&1 || ip link add wg0 type wireguard
  key | wg set wg0 listen-port "$PORT" private-key /dev/stdin
  ip address replace "$HUB_ADDRESS/${TUNNEL_RANGE#*/}" dev wg0
  ip link set wg0 up
}

# Whole, with as many lines as it says, each a key and an address.
is_whole() {
  awk '
    NR == 1 { if ($0 !~ /^peers [0-9]+$/) exit; wanted = $2; next }
    $0 == "end" { if (NR == wanted + 2) { last = NR; ended = 1 }; next }
    NF != 2 || length($1) != 44 || $1 !~ /^[A-Za-z0-9+\/]+=$/ || $2 !~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ { exit }
    END { exit !(ended && last == NR) }
  ' "$1"
}

# The key as the interface has it: what a configuration does not name would be taken away.
configuration() {
  printf '[Interface]\nPrivateKey = %s\nListenPort = %s\n' "$(wg show wg0 private-key)" "$PORT"
  awk 'NF == 2 && $1 != "peers" { printf "[Peer]\nPublicKey = %s\nAllowedIPs = %s/32\n", $1, $2 }' "$1"
}

# What cannot be had, or is not whole, changes nothing: whoever is in stays in.
take_peers() {
  local new=$STATE/peers.new
  aws s3api get-object --bucket "$BUCKET" --key peers "$new" >/dev/null 2>&1 || return 0
  cmp -s "$new" "$STATE/peers" && return 0
  if ! is_whole "$new"; then
    echo 'the list of peers is not whole, and left alone'
    return 0
  fi
  # Through a pipe, so that the key is in no file. What WireGuard refuses is offered again, and keeps no hub from booting.
  if wg syncconf wg0 <(configuration "$new"); then
    mv "$new" "$STATE/peers"
  else
    echo 'WireGuard does not take the list of peers, and keeps those it has'
  fi
}

# From now on this instance has the way and the address, whichever had them before. The address last of all: for a moment
# after it is taken nothing gets out.
take_over() {
  local mine table
  mine=$(imds "network/interfaces/macs/$(imds mac)/interface-id")
  aws ec2 modify-network-interface-attribute --network-interface-id "$mine" --no-source-dest-check
  for table in $ROUTE_TABLES; do
    aws ec2 replace-route --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 --network-interface-id "$mine" ||
      aws ec2 create-route --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 --network-interface-id "$mine"
  done
  aws ec2 associate-address --allocation-id "$ADDRESS_ALLOCATION" --network-interface-id "$mine" --allow-reassociation
}

tell_public_key() {
  local file=$STATE/public-key
  key | wg pubkey >"$file"
  aws s3api put-object --bucket "$BUCKET" --key public-key --body "$file" >/dev/null
}

boot() {
  # After a restart of the same instance the interface is new, and knows nobody.
  rm -f "$STATE/peers"
  firewall | nft -f -
  sysctl -qw net.ipv4.ip_forward=1
  interface
  take_peers
  tell_public_key
  take_over
}

# One at a time: at its start the timer may come upon the boot.
alone() {
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock 9
  "$1"
}

case ${1:-} in
boot) alone boot ;;
take-peers) alone take_peers ;;
firewall) firewall ;;
*)
  echo 'Usage: pagos-hub boot | take-peers | firewall' >&2
  exit 2
  ;;
esac
