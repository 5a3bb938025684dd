#!/bin/sh
# For development and review: makes the Secrets of a namespace that are not there yet, with passwords that nobody has seen. Elsewhere they come from whoever runs
# the data systems (docs/deploy.md).
set -eu
namespace=${1:?namespace}

secret() {
  kubectl -n "$namespace" get secret "$1" > /dev/null 2>&1 && return
  head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' | kubectl -n "$namespace" create secret generic "$1" --from-file="$2=/dev/stdin"
}

kubectl get namespace "$namespace" > /dev/null 2>&1 || kubectl create namespace "$namespace"
for name in relational history cache vehicles-ingest vehicles-dispatch vehicles-gateway vehicles-health; do secret "quaymaster-$name" password; done
secret quaymaster-first-start token
