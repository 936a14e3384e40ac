# shellcheck shell=bash
# Sourced by ../cluster: Lapse in a cluster that somebody else started, reached by a kubeconfig. That cluster is never stopped.
# shellcheck disable=SC2154 # dir, root, limit and with_operator are the script's.

# As docs/install.md says: the policies need features of this minor version.
readonly oldest_minor=32
readonly kinds=(privilegegrants accessreviews serviceidentities)

is_other() { [[ -e $dir/run/other ]]; }

# The folder belongs to that cluster from here on.
other_up() {
  if [[ -e $dir/run/ready ]]; then
    is_other || fail "a cluster of its own runs in $dir: choose another --dir"
    other_is_the_same
    other_reached
    say "Lapse is in the cluster of $dir already, at $(server)"
    return
  fi
  # What an up left that was killed half-way.
  stop_all
  clear_dir
  trap 'other_abandon' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mkdir -p "$dir"/{run,logs,people}
  : >"$dir/run/other"
  other_kubectl >"$dir/run/bin"
  other_admin
  other_reached
  other_is_new_enough
  other_is_free
  other_people
  : >"$dir/run/ready"
  trap unlock EXIT
}

# What is installed in one cluster must not be sought in another.
other_is_the_same() {
  if [[ ! $kubeconfig ]]; then return; fi
  local named
  named=$(other_view '--output=jsonpath={.clusters[0].cluster.server}')
  [[ $named == "$(server)" ]] ||
    fail "Lapse was installed in the cluster at $(server) from $dir, and $kubeconfig names $named: choose another --dir"
}

# Nothing is installed yet.
other_abandon() {
  rm -rf "$dir"
  unlock
}

# The folder of a kubectl: the reader's own, which is surely fit for their cluster; else the one that is built.
other_kubectl() {
  local found
  if found=$(type -P kubectl); then
    dirname "$found"
  else
    "$sources/build" 9>&-
  fi
}

# One context alone, with what its files hold. Without a file kubectl would take the reader's own.
other_view() {
  local words=(config view --minify --flatten --raw)
  [[ $kubeconfig ]] || fail "say which cluster: --kubeconfig FILE"
  if [[ $context ]]; then words+=(--context "$context"); fi
  KUBECONFIG=$kubeconfig "$(bin)/kubectl" "${words[@]}" "$@"
}

other_admin() {
  other_view --output json >"$dir/admin.kubeconfig" ||
    fail "$kubeconfig has no context ${context:-that is its current one}"
  if [[ ! $(of_kubeconfig '{.clusters[0].cluster.server}') ]]; then
    fail "$kubeconfig names no server in ${context:-its current context}"
  fi
}

of_kubeconfig() { kubectl config view --raw --output "jsonpath=$1"; }

other_reached() {
  kubectl get --raw /readyz >/dev/null || fail "the cluster at $(server) does not answer, or does not know who asks"
}

other_is_new_enough() {
  local version major minor
  version=$(kubectl get --raw /version) || fail "the cluster at $(server) does not tell its version"
  major=$(number major <<<"$version")
  minor=$(number minor <<<"$version")
  if ((major < 1 || (major == 1 && minor < oldest_minor))); then
    fail "the cluster at $(server) has Kubernetes $major.$minor: Lapse needs 1.$oldest_minor or newer"
  fi
}

# Some providers write 32+.
number() { sed -n "s/^ *\"$1\": \"\([0-9]*\).*/\1/p"; }

other_is_free() {
  local own wide found
  own=$(kubectl get --ignore-not-found --output name \
    namespace/lapse-system namespace/lapse-principals clusterrole/lapse-operator) &&
    wide=$(kubectl get --output name customresourcedefinition,validatingadmissionpolicy) ||
    fail "it cannot be told whether Lapse is in the cluster at $(server)"
  found=$(printf '%s\n%s\n' "$own" "$wide" | grep -E '\.lapse\.dev$|/lapse-' || true)
  if [[ $found ]]; then
    say "$found"
    fail "Lapse is in the cluster at $(server) already: there is one installation a cluster"
  fi
}

# People have the administrator's credentials and act as somebody else by them: that takes no key of that cluster's CA, and
# leaves no account behind. Whoever has such a file is the administrator.
other_people() {
  local name user groups
  while IFS=, read -r name user groups _; do
    as "$user" "${groups//;/\", \"}" <"$dir/admin.kubeconfig" >"$dir/people/$name.kubeconfig"
  done < <(people)
}

# The user of a kubeconfig in JSON is the only "user" that is an object.
as() {
  local who="\"as\": \"$1\""
  if [[ $2 ]]; then who+=", \"as-groups\": [\"$2\"]"; fi
  sed "s|^\( *\"user\": {\)\$|\1 $who,|; s|^\( *\"user\": {\)}|\1 $who }|"
}

# What the operator needs to know of the cluster, in YAML.
other_trust() {
  local ca
  ca=$(of_kubeconfig '{.clusters[0].cluster.certificate-authority-data}')
  if [[ $ca ]]; then printf 'certificate-authority-data: %s\n    ' "$ca"; fi
  if [[ $(of_kubeconfig '{.clusters[0].cluster.insecure-skip-tls-verify}') == true ]]; then
    printf 'insecure-skip-tls-verify: true\n    '
  fi
}

# Where no object of Lapse's kinds is left, nothing is lost with the kinds. Otherwise what grants gave would never end, as
# nobody is there who ends it.
other_down() {
  # An up that was cut off has installed nothing before it was ready to.
  if [[ ! -e $dir/run/ready ]]; then return; fi
  if [[ $force ]] && ! kubectl get --raw /readyz >/dev/null 2>&1; then
    done="The cluster at $(server) does not answer: what is in it stays, and $dir is removed"
    return
  fi
  other_reached
  done="Lapse is out of the cluster at $(server), which goes on"
  other_empty
  local name
  for name in $(operators); do stop_process "$name" 30; done
  # A grant that began between the look and the stop would never end.
  (force='' && other_empty) ||
    fail "somebody made them meanwhile: run dev/cluster operator start, and then dev/cluster down once more"
  other_uninstall
}

other_empty() {
  local kind found held=() there=()
  for kind in "${kinds[@]}"; do
    # What cannot be told is not taken for empty.
    found=$(kubectl get --ignore-not-found --output name "customresourcedefinition/$kind.lapse.dev") ||
      fail "it cannot be told what of Lapse is in the cluster at $(server)"
    if [[ ! $found ]]; then continue; fi
    there+=("$kind.lapse.dev")
    found=$(kubectl get "$kind.lapse.dev" --all-namespaces --output \
      'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\n"}{end}') ||
      fail "it cannot be told what of Lapse is in the cluster at $(server)"
    if [[ $found ]]; then mapfile -t -O "${#held[@]}" held <<<"$found"; fi
  done
  if ((!${#held[@]})); then return; fi
  if [[ ! $force ]]; then
    printf '%s\n' "${held[@]:0:10}" >&2
    fail "that cluster holds ${#held[@]} objects of Lapse's kinds, which would go too: delete them while the operator runs," \
      "which ends what they gave, or say --force"
  fi
  # The operator takes away what a grant gave before the grant goes.
  local name running=
  for name in $(operators); do if alive "$name"; then running=yes; fi; done
  [[ $running ]] || fail "no operator of $dir runs, so that nobody would end the grants: run dev/cluster operator start first"
  for kind in "${there[@]}"; do
    kubectl delete "$kind" --all --all-namespaces --timeout="${limit}s" >&2 ||
      fail "not all $kind could be deleted within $limit s: the operator's log is $dir/logs/operator.log"
  done
}

# First the policies, which keep everybody from Lapse's own objects.
other_uninstall() {
  local manifests=$root/helm/lapse/manifests file arguments=()
  for file in "$manifests"/20-guard-*; do arguments+=(--filename "$file"); done
  kubectl delete --ignore-not-found --timeout="${limit}s" "${arguments[@]}" >&2
  kubectl delete --ignore-not-found --timeout="${limit}s" --filename "$manifests" >&2
  arguments=()
  for file in "$root"/crds/*.lapse.dev*.y*ml; do arguments+=(--filename "$file"); done
  kubectl delete --ignore-not-found --timeout="${limit}s" "${arguments[@]}" >&2
}
