#!/bin/sh
# Starts the vehicle broker; on the first start of a data folder it also writes the accounts that services have. Vehicles get theirs from the gateway at run time.
#
# The accounts file belongs to the dynamic security plugin from then on: it keeps vehicles there, so it is never written again. A new password of a service is
# set with `mosquitto_ctrl … dynsec setClientPassword`.
set -eu
umask 077

accounts=${MOSQUITTO_ACCOUNTS:-/mosquitto/data/dynamic-security.json}
secrets=${MOSQUITTO_SECRETS:-/run/secrets}

# account NAME SECRET: one client of the accounts file, with the role of its own. The broker's own tool hashes, and reads the password from a file: an argument
# could be seen by others.
account() {
  [ -r "$secrets/$2" ] || { echo "secret $2 is missing in $secrets" >&2; exit 1; }
  secret=$(cat "$secrets/$2")
  # The tool would take the part before a colon for the whole password, and say nothing.
  case $secret in ''|*:*) echo "secret $2 is empty or has a colon in it" >&2; exit 1 ;; esac
  printf '%s:%s\n' "$1" "$secret" > "$work/password"
  mosquitto_passwd -U "$work/password" >&2
  # name:$7$iterations$salt$hash
  awk -F '$' -v name="$1" '{
    printf "{\"username\":\"%s\",\"iterations\":%s,\"salt\":\"%s\",\"password\":\"%s\",\"roles\":[{\"rolename\":\"service:%s\"}]}", name, $3, $4, $5, name
  }' "$work/password"
}

# rule TYPE TOPIC: one permission.
rule() { printf '{"acltype":"%s","topic":"%s","allow":true}' "$1" "$2"; }

# hears TOPIC: subscribing, alone or as a member of a group, and getting what was subscribed to.
hears() { rule subscribePattern "$1"; printf ','; rule subscribePattern "\$share/+/$1"; printf ','; rule publishClientReceive "$1"; }

if [ ! -e "$accounts" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # What no role allows is forbidden. Ingest hears vehicles and says nothing. Dispatch is the only writer to vehicles. The gateway writes accounts, and no word
  # to any vehicle.
  {
    printf '{"defaultACLAccess":{"publishClientSend":false,"publishClientReceive":false,"subscribe":false,"unsubscribe":true},"clients":['
    account quaymaster-ingest mqtt_ingest_password; printf ','
    account quaymaster-dispatch mqtt_dispatch_password; printf ','
    account quaymaster-gateway mqtt_gateway_password; printf ','
    account health mqtt_health_password
    printf '],"roles":[{"rolename":"service:quaymaster-ingest","acls":['
    hears 'fleet/v1/+/frame'; printf ','; hears 'fleet/v1/+/connection'
    printf ']},{"rolename":"service:quaymaster-dispatch","acls":['
    rule publishClientSend 'fleet/v1/+/command'; printf ','; rule publishClientSend 'fleet/v1/+/lease'; printf ','
    hears 'fleet/v1/+/ack'; printf ','; hears 'fleet/v1/+/connection'
    printf ']},{"rolename":"service:quaymaster-gateway","acls":['
    rule publishClientSend '$CONTROL/dynamic-security/#'; printf ','
    rule subscribePattern '$CONTROL/dynamic-security/#'; printf ','; rule publishClientReceive '$CONTROL/dynamic-security/#'
    printf ']},{"rolename":"service:health","acls":['
    rule subscribeLiteral '$SYS/broker/uptime'; printf ','; rule publishClientReceive '$SYS/broker/uptime'
    printf ']}],"groups":[]}\n'
  } > "$work/accounts"
  # Moved at the end: a start that is cut off leaves no half of it behind.
  cp "$work/accounts" "$accounts.part"
  mv "$accounts.part" "$accounts"
  rm -rf "$work"
  trap - EXIT
fi
# One file of all that is mounted, in the order of the names: where a second port is wanted its file lies beside the first.
cat "${MOSQUITTO_CONFIG:-/mosquitto/config}"/*.conf > "${MOSQUITTO_RUNTIME:-/tmp}/mosquitto.conf"
exec mosquitto -c "${MOSQUITTO_RUNTIME:-/tmp}/mosquitto.conf"
