# How a release gets into docker-compose.yml's installation. A second side, gateway-green, serves while the first, gateway, is exchanged: it is there
# during rollouts only, so that `docker compose up` always means the same. The images of what runs are in .env.
# shellcheck shell=bash

environment=${ENV_FILE:-$root/.env}
# Which release serves and which did before.
state=${ROLLOUT_STATE:-$root/deploy/rollout/state}
# From a change of sides to the stop of the other: uploads that had begun go on for this long. Held polls and streams end properly at the stop.
drain_seconds=${DRAIN_SECONDS:-30}
# For services to become healthy.
health_seconds=${HEALTH_SECONDS:-180}
images=(GATEWAY_IMAGE OCR_IMAGE OCR_GPU_IMAGE)
# Whether what served before has been touched.
exchanged=''
# What a rollout exchanges beside the second side.
services=(gateway ocr understand)

compose() { docker compose --project-directory "$root" --env-file "$environment" "$@"; }
proxy_switch() { run compose exec -T proxy /deploy/proxy/switch "$@"; }
up() { run compose up --detach --no-deps --wait --wait-timeout "$health_seconds" "$@"; }

# keep FILE NAME VALUE: one line of a file of variables; whole or not at all.
keep() {
  if [ -n "$dry_run" ]; then printf '+ %s=%s > %s\n' "$2" "$3" "$1" && return; fi
  { grep -v "^$2=" "$1" || true; printf '%s=%s\n' "$2" "$3"; } >"$1.new"
  chmod --reference="$1" "$1.new"
  mv "$1.new" "$1"
}
setting() { sed -n "s/^$2=//p" "$1" 2>/dev/null | tail -n 1; }
current_release() { setting "$state/releases" CURRENT; }
# The images that serve, from a rollout's beginning until it came to an end, whichever: .env has the new ones meanwhile.
before_file=$state/before
was_cut_off() { [ -e "$before_file" ]; }
serves_already() { [ "$(current_release)" = "$1" ] && ! was_cut_off; }
# After a rollout that was cut off that is the one it was to take the place of.
previous_release() { if was_cut_off; then current_release; else setting "$state/releases" PREVIOUS; fi; }

begin_rollout() {
  [ -f "$environment" ] || fail "there is no $environment: deploy/compose/init makes it"
  case ",${COMPOSE_PROFILES-$(setting "$environment" COMPOSE_PROFILES)}," in *,gpu,*) services+=(ocr-gpu) ;; esac
  [ -z "$dry_run" ] || return 0
  mkdir -p "$state"
  touch "$state/releases"
  # One rollout at a time on this host.
  exec 9>"$state/lock"
  flock --nonblock 9 || fail 'another rollout is under way'
}

keep_before() {
  local name
  [ -z "$dry_run" ] || return 0
  for name in "${images[@]}"; do printf '%s=%s\n' "$name" "${before[$name]}"; done >"$before_file.new"
  mv "$before_file.new" "$before_file"
}
forget_before() { [ -n "$dry_run" ] || rm -f "$before_file"; }

use_images() {
  local name
  for name in "${images[@]}"; do
    if [ -n "${!name}" ]; then keep "$environment" "$name" "${!name}"; fi
  done
}

use_images_of_before() {
  local name
  for name in "${images[@]}"; do printf -v "$name" '%s' "${before[$name]}"; done
  use_images
}

# Brings a release into service, or leaves everything as it was and returns 1.
roll_out() {
  local release=$1 migrate=$2 name source=$environment
  local -A before=()
  if was_cut_off; then source=$before_file; fi
  for name in "${images[@]}"; do before[$name]=$(setting "$source" "$name"); done
  if [ -z "$dry_run" ] && { was_cut_off || [ "$(compose exec -T proxy /deploy/proxy/switch --active)" != blue ]; }; then
    say 'a rollout was cut off; it is taken back first'
    use_images_of_before
    exchanged=yes
    take_back || return 1
    exchanged=''
  fi
  read_release "$release"
  case " ${services[*]} " in *' ocr-gpu '*) [ -n "$OCR_GPU_IMAGE" ] || fail "the profile gpu is on, and release $release has no OCR_GPU_IMAGE" ;; esac
  keep_before
  use_images
  if exchange "$migrate"; then
    [ -n "$dry_run" ] || touch "$state/releases"
    if [ "$(current_release)" != "$release" ]; then
      keep "$state/releases" PREVIOUS "$(current_release)"
      keep "$state/releases" CURRENT "$release"
    fi
    forget_before
    return 0
  fi
  say 'everything goes back to what it was'
  use_images_of_before
  if take_back; then
    forget_before
  else
    say 'taking back failed too; look at: docker compose ps --all, docker compose logs'
  fi
  return 1
}

exchange() {
  local service pulled=()
  # Of understand it is the gateway's.
  for service in "${services[@]}"; do if [ "$service" != understand ]; then pulled+=("$service"); fi; done
  run compose pull --quiet "${pulled[@]}" || return 1
  if [ "$1" = yes ]; then
    say 'bringing the database up to date; what serves goes on'
    run compose run --rm --no-deps migrate || { say 'the migration failed'; return 1; }
  fi
  say 'starting the new version beside the old one'
  up gateway-green || { say 'it does not become healthy'; return 1; }
  proxy_switch green gateway-green:8000 && smoke || return 1
  say 'it serves; exchanging the others'
  run sleep "$drain_seconds"
  exchanged=yes
  # Readers hand back what they have in hand, and everything they need is in the database.
  up "${services[@]}" || return 1
  proxy_switch blue gateway:8000 && smoke || return 1
  run sleep "$drain_seconds"
  stop_green
}

# With the images of before. Gateways that were not exchanged yet are the ones that run, and are left alone.
take_back() {
  if [ -n "$exchanged" ]; then up "${services[@]}" || return 1; fi
  proxy_switch blue gateway:8000 || return 1
  run sleep "$drain_seconds"
  stop_green
}

stop_green() {
  run compose stop gateway-green && proxy_switch --retire green
}
