#!/bin/sh
# Takes every service of the stack back to what it ran before the last release. Migrations stay: a release reads what the one before it wrote, and the other way.
set -eu
stack=${STACK:-quaymaster}
status=0
for service in $(docker stack services --format '{{.Name}}' "$stack"); do
  docker service rollback --detach=false "$service" || { printf '%s could not be taken back\n' "$service" >&2; status=1; }
done
exit $status
