# What deploy and rollback have in common; sourced by them. Every command that changes something goes through `run`, so that --dry-run shows them all.
# shellcheck shell=bash

rollout_usage() {
  cat >&2 <<'USAGE'
usage: deploy/rollout/deploy   compose VERSION --url URL [--dry-run] [--cacert FILE]
       deploy/rollout/deploy   kubectl VERSION --url URL --overlay NAME [--context NAME] [--dry-run] [--cacert FILE]
       deploy/rollout/rollback compose|kubectl --url URL [as above]
VERSION is one of deploy/rollout/releases. DOCUSNAP_API_KEY, or the file that DOCUSNAP_API_KEY_FILE names, holds a key for the smoke test.
USAGE
  exit 2
}

# Reads the arguments into: mode, version, url, overlay, context, dry_run, smoke_options.
read_arguments() {
  mode=${1:-} url='' overlay='' context='' dry_run='' version='' smoke_options=()
  case "$mode" in compose | kubectl) shift ;; *) rollout_usage ;; esac
  while [ $# -gt 0 ]; do
    case "$1" in
      --dry-run) dry_run=yes && shift ;;
      --url) url=${2:-} && shift 2 ;;
      --overlay) overlay=${2:-} && shift 2 ;;
      --context) context=${2:-} && shift 2 ;;
      --cacert) smoke_options+=(--cacert "${2:-}") && shift 2 ;;
      -*) rollout_usage ;;
      *) version=$1 && shift ;;
    esac
  done
  [ -n "$url" ] || rollout_usage
  [ "$mode" = compose ] || [ -n "$overlay" ] || rollout_usage
  if [ -z "${DOCUSNAP_API_KEY:-}" ] && [ -n "${DOCUSNAP_API_KEY_FILE:-}" ]; then DOCUSNAP_API_KEY=$(cat "$DOCUSNAP_API_KEY_FILE"); fi
  if [ -z "$dry_run" ] && [ -z "${DOCUSNAP_API_KEY:-}" ]; then fail 'DOCUSNAP_API_KEY holds no key for the smoke test'; fi
  export DOCUSNAP_API_KEY
}

say() { printf '%s rollout: %s\n' "$(date -u +%H:%M:%S)" "$1" >&2; }
fail() {
  say "FAILED: $1"
  exit 1
}
run() {
  if [ -z "$dry_run" ]; then
    "$@"
    return
  fi
  case "$1" in
    compose) shift && printf '+ docker compose %s\n' "$*" ;;
    cluster) shift && printf '+ kubectl --namespace %s %s\n' "$namespace" "$*" ;;
    plugin) shift && printf '+ kubectl %s --namespace %s\n' "$*" "$namespace" ;;
    *) printf '+ %s\n' "$*" ;;
  esac
}

# Reads a release into GATEWAY_IMAGE, OCR_IMAGE and, where there is one, OCR_GPU_IMAGE. Each has to be named by its digest.
read_release() {
  local file=${RELEASES:-$rollout/releases}/$1.env line
  [ -f "$file" ] || fail "there is no release $1 ($file)"
  GATEWAY_IMAGE='' OCR_IMAGE='' OCR_GPU_IMAGE=''
  while IFS= read -r line; do
    case "$line" in
      VERSION=* | '' | '#'*) ;;
      GATEWAY_IMAGE=*@sha256:* | OCR_IMAGE=*@sha256:* | OCR_GPU_IMAGE=*@sha256:*) declare -g "$line" ;;
      *) fail "$file: \"$line\" names no image by its digest" ;;
    esac
  done <"$file"
  [ -n "$GATEWAY_IMAGE" ] && [ -n "$OCR_IMAGE" ] || fail "$file lacks GATEWAY_IMAGE or OCR_IMAGE"
}

# The gate: readiness and one document through the whole of it.
smoke() {
  if [ -n "$dry_run" ]; then
    printf '+ %s %s - %s\n' deploy/rollout/smoke "$url" "${smoke_options[*]}"
  else
    "${SMOKE:-$rollout/smoke}" "$url" - "${smoke_options[@]}"
  fi
}
