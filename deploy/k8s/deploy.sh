#!/bin/sh
# One release on a cluster: what must be there first, migrations to their end, then the services, then the verdict. Exit status 0 means that every replica of
# every service runs the image that was asked for and is ready; otherwise the services have been taken back.
#
#   deploy/k8s/deploy.sh production registry.example.com/quaymaster 0.1.0
#   deploy/k8s/deploy.sh production registry.example.com/quaymaster sha256:…
#
# NAMESPACE and HOST put the overlay somewhere else: a copy of `dev` for every merge request.
set -eu
cd "$(dirname "$0")"
overlay=${1:?overlay: dev, staging or production}
image=${2:?image without tag}
version=${3:?exact tag or digest}
limit_s=${DEPLOY_LIMIT_S:-600}
[ -d "overlays/$overlay" ] || { echo "there is no overlay $overlay" >&2; exit 2; }

say() { printf '%s\n' "$*" >&2; }

# A kustomization of this release's own, beside the overlay because kustomize follows relative paths only.
release=$(mktemp -d "overlays/.release-XXXXXX")
trap 'rm -rf "$release"' EXIT
case $version in sha256:*) pin="digest: $version" ;; *) pin="newTag: \"$version\"" ;; esac
cat > "$release/kustomization.yaml" <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../$overlay]
images:
  - {name: registry.example.com/quaymaster, newName: $image, $pin}
END
[ -z "${NAMESPACE:-}" ] || echo "namespace: $NAMESPACE" >> "$release/kustomization.yaml"
[ -z "${HOST:-}" ] || cat >> "$release/kustomization.yaml" <<END
patches:
  - target: {kind: Ingress}
    patch: |
      - {op: replace, path: /spec/rules/0/host, value: $HOST}
      - {op: replace, path: /spec/tls/0/hosts/0, value: $HOST}
END
kubectl kustomize "$release" > "$release/all.yaml"
namespace=$(awk '/^kind: Namespace$/ { found = 1 } found && /^  name:/ { print $2; exit }' "$release/all.yaml")
if grep -qE '192\.0\.2\.|\.example\.com' "$release/all.yaml"; then
  say "the overlay $overlay still has addresses of nobody in it:"
  grep -nE '192\.0\.2\.|\.example\.com' "$release/all.yaml" | sort -u -k2 >&2
  exit 2
fi

apply() { kubectl apply --server-side --force-conflicts --field-manager=quaymaster-deploy -f "$release/all.yaml" "$@" >&2; }
services() { kubectl -n "$namespace" get deployments -l app.kubernetes.io/part-of=quaymaster -o name; }

apply -l quaymaster.io/phase=prepare
apply -l quaymaster.io/phase=data
for server in $(kubectl -n "$namespace" get statefulsets -l app.kubernetes.io/part-of=quaymaster-data -o name); do
  kubectl -n "$namespace" rollout status --timeout="${limit_s}s" "$server" >&2
done

# A Job cannot be changed, only made anew.
kubectl -n "$namespace" delete job migrate --ignore-not-found --wait >&2
apply -l quaymaster.io/phase=migrate
waited_s=0
until [ "$(kubectl -n "$namespace" get job migrate -o 'jsonpath={.status.succeeded}')" = 1 ]; do
  failed=$(kubectl -n "$namespace" get job migrate -o 'jsonpath={.status.conditions[?(@.type=="Failed")].status}')
  if [ "$failed" = True ] || [ "$waited_s" -ge "$limit_s" ]; then
    say "the migrations did not end well:"
    kubectl -n "$namespace" logs job/migrate --tail=50 >&2 || true
    exit 1
  fi
  sleep "${POLL_S:-2}"
  waited_s=$((waited_s + ${POLL_S:-2}))
done

apply
for service in $(services); do
  kubectl -n "$namespace" rollout status --timeout="${limit_s}s" "$service" >&2 || {
    say "the release failed at $service: taking all services back"
    for other in $(services); do kubectl -n "$namespace" rollout undo "$other" >&2 || say "$other has nothing to go back to"; done
    exit 1
  }
done
say "every service of $namespace runs $image $version"
