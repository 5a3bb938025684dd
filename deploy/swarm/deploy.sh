#!/bin/sh
# One release on a swarm: migrations to their end, then the services, then the verdict. Exit status 0 means that every service runs the image that was asked for.
#
#   QUAYMASTER_IMAGE=registry.example.com/quaymaster:0.1.0 NFS_ADDRESS=10.0.0.5 deploy/swarm/deploy.sh
#
# A verdict of its own, because the engine's is not to be relied on: `docker stack deploy` answers 0 when a service has been rolled back, and swarm takes back
# the one service that failed, not the others of the same release.
set -eu
cd "$(dirname "$0")"
: "${QUAYMASTER_IMAGE:?name the image with its exact tag or digest}"
stack=${STACK:-quaymaster}
limit_s=${DEPLOY_LIMIT_S:-900}
job="${stack}-migrate_migrate"

say() { printf '%s\n' "$*" >&2; }

# state SERVICE: "IMAGE UPDATE", the update's state `none` when there has never been one.
state() {
  docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}} {{if .UpdateStatus}}{{.UpdateStatus.State}}{{else}}none{{end}}' "$1"
}

# A job that has ended does not run again; a new one does.
migrate() {
  docker stack rm "$stack-migrate" > /dev/null 2>&1 || true
  while docker service inspect "$job" > /dev/null 2>&1; do sleep 1; done
  docker stack deploy --detach=true --with-registry-auth --compose-file migrate.yaml "$stack-migrate" >&2
  waited_s=0
  while [ "$waited_s" -lt "$limit_s" ]; do
    tasks=$(docker service ps --no-trunc --format '{{.CurrentState}}' "$job")
    case $tasks in *Complete*) return 0 ;; esac
    # One try and three more.
    [ "$(printf '%s\n' "$tasks" | grep -cE '^(Failed|Rejected)')" -lt 4 ] || break
    sleep "${POLL_S:-2}"
    waited_s=$((waited_s + ${POLL_S:-2}))
  done
  say "the migrations did not end well:"
  docker service logs --tail 50 "$job" >&2 || true
  return 1
}

migrate || exit 1

failed=
timeout "$limit_s" docker stack deploy --detach=false --with-registry-auth --resolve-image always --prune --compose-file stack.yaml "$stack" >&2 || failed="the stack did not settle in $limit_s s"

services=$(docker stack services --format '{{.Name}}' "$stack")
for service in $services; do
  current=$(state "$service")
  case $current in
    *' rollback_'*|*' paused'|*' updating') failed="$failed
$service: $current" ;;
  esac
  case $service in *_nginx) continue ;; esac
  # The engine writes the digest behind the tag that was asked for.
  case $current in
    "$QUAYMASTER_IMAGE "*|"$QUAYMASTER_IMAGE@"*) ;;
    *) failed="$failed
$service runs ${current% *}" ;;
  esac
done
[ -n "$failed" ] || { say "every service runs $QUAYMASTER_IMAGE"; exit 0; }

say "the release failed: $failed"
for service in $services; do
  case $(state "$service") in
    # Back where it was already, by the engine's own hand.
    *' rollback_completed') ;;
    "$QUAYMASTER_IMAGE "*|"$QUAYMASTER_IMAGE@"*) say "taking back $service"; docker service rollback --detach=false "$service" >&2 || say "$service has nothing to go back to" ;;
  esac
done
exit 1
