#!/bin/sh
# Takes every service of a namespace back to what it ran before the last release, and waits until it does. Migrations stay: a release reads what the one before
# it wrote, and the other way.
set -eu
namespace=${1:?namespace}
services=$(kubectl -n "$namespace" get deployments -l app.kubernetes.io/part-of=quaymaster -o name)
status=0
for service in $services; do kubectl -n "$namespace" rollout undo "$service" || status=1; done
for service in $services; do kubectl -n "$namespace" rollout status --timeout="${DEPLOY_LIMIT_S:-600}s" "$service" || status=1; done
exit $status
