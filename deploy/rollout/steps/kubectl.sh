# How a release gets into a cluster: the overlay with the release's images, applied; Kubernetes exchanges pods one by one.
# shellcheck shell=bash

rollout_seconds=${ROLLOUT_SECONDS:-900}
migrate_seconds=${MIGRATE_SECONDS:-7200}

cluster() { kubectl ${context:+--context "$context"} ${namespace:+--namespace "$namespace"} "$@"; }
plugin() { kubectl "$@" --namespace "$namespace" ${context:+--context "$context"}; }

# Reads which namespace the overlay is for.
begin_rollout() {
  [ -d "$root/k8s/overlays/$overlay" ] || fail "there is no overlay k8s/overlays/$overlay"
  namespace=$(sed -n 's/^namespace: *//p' "$root/k8s/overlays/$overlay/kustomization.yaml")
  [ -n "$namespace" ] || fail "k8s/overlays/$overlay names no namespace"
  manifests=$root/k8s/overlays/.rollout-$$
  mkdir "$manifests"
  trap 'rm -rf "$manifests"' EXIT
}
# The cluster itself remembers, so that anybody may roll back. In a dry run nobody is asked.
annotation() {
  [ -z "$dry_run" ] || return 0
  kubectl ${context:+--context "$context"} get namespace "$namespace" --ignore-not-found --output "jsonpath={.metadata.annotations.docusnap\.io/$1}"
}
current_release() { annotation release; }
# Asked for again, it is applied again: what an earlier rollout left when it was cut off does not show in the annotations.
serves_already() { return 1; }
previous_release() { annotation previous-release; }

# Writes the overlay's manifests with a release's images by digest.
render() {
  cat >"$manifests/kustomization.yaml" <<KUSTOMIZATION
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../$overlay]
images:
  - { name: docusnap/gateway, newName: "${GATEWAY_IMAGE%@*}", digest: "${GATEWAY_IMAGE#*@}" }
  - { name: docusnap/ocr, newName: "${OCR_IMAGE%@*}", digest: "${OCR_IMAGE#*@}" }
KUSTOMIZATION
  if [ -n "$OCR_GPU_IMAGE" ]; then
    printf '  - { name: docusnap/ocr-gpu, newName: "%s", digest: "%s" }\n' "${OCR_GPU_IMAGE%@*}" "${OCR_GPU_IMAGE#*@}" >>"$manifests/kustomization.yaml"
  fi
  kubectl kustomize "$manifests" >"$manifests/all.yaml" || return 1
}

# Brings a release into service, or what was there before back and returns 1.
roll_out() {
  local release=$1 before
  before=$(current_release)
  read_release "$release"
  render || fail "k8s/overlays/$overlay cannot be built"
  say "release $release to $namespace; ${before:-nothing} is there"
  if apply_and_wait && ask; then
    if [ "$before" != "$release" ]; then
      run cluster annotate namespace "$namespace" --overwrite "docusnap.io/release=$release" "docusnap.io/previous-release=$before"
    fi
    return 0
  fi
  if [ -n "$before" ] && [ "$before" != "$release" ]; then
    say "going back to $before"
    read_release "$before"
    { render && apply_and_wait; } || say "going back failed too; look at: kubectl --namespace $namespace get events"
  fi
  return 1
}

apply_and_wait() {
  # Jobs cannot be changed, so that the last release's go. Pods of the new release wait for this one's.
  run cluster delete job --selector docusnap.io/component=migrate --ignore-not-found --wait || return 1
  run cluster apply --filename "$manifests/all.yaml" || return 1
  wait_for_migration || return 1
  local kind name
  while read -r kind name; do
    case "$kind" in
      Deployment) run cluster rollout status "deployment/$name" --timeout "${rollout_seconds}s" || return 1 ;;
      # Argo Rollouts: its analysis decides how far it goes. A plugin's name comes before all options.
      Rollout) run plugin argo rollouts status "$name" --timeout "${rollout_seconds}s" || return 1 ;;
    esac
  done < <(awk '/^---/ { kind = "" } /^kind: / { kind = $2 } /^metadata:/ { inside = 1; next } /^[^ ]/ { inside = 0 }
    inside && /^  name: / && (kind == "Deployment" || kind == "Rollout") { print kind, $2 }' "$manifests/all.yaml")
}

# An installation without a way in is asked through the cluster, where its URL is an address of this machine.
ask() {
  if [[ $url != http://127.0.0.1:* ]]; then
    smoke
    return
  fi
  local port=${url#http://127.0.0.1:} forward status=0
  port=${port%%/*}
  if [ -n "$dry_run" ]; then
    run cluster port-forward service/gateway "$port:8000"
    smoke
    return
  fi
  # Not by `cluster`: what is ended below is to be kubectl itself.
  kubectl ${context:+--context "$context"} --namespace "$namespace" port-forward service/gateway "$port:8000" >/dev/null &
  forward=$!
  for _ in {1..100}; do
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
  done
  smoke || status=1
  kill "$forward" 2>/dev/null || true
  wait "$forward" || true
  return "$status"
}

wait_for_migration() {
  if [ -n "$dry_run" ]; then printf '+ wait for job/migrate to complete or fail, %s s at most\n' "$migrate_seconds" && return; fi
  local until=$((SECONDS + migrate_seconds)) conditions
  while [ "$SECONDS" -lt "$until" ]; do
    conditions=$(cluster get job migrate --output 'jsonpath={range .status.conditions[*]}{.type}={.status} {end}') || return 1
    case " $conditions" in
      *' Complete=True '*) return 0 ;;
      *' Failed=True '*)
        say 'the migration failed'
        cluster logs job/migrate --tail 20 >&2 || true
        return 1
        ;;
    esac
    sleep 2
  done
  say "the migration did not end within $migrate_seconds s"
  return 1
}
