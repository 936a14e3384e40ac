# shellcheck shell=bash
# Sourced by build and by ../cluster: one holder at a time, and a dead holder blocks nobody.

# lock FILE WAITING: takes the lock until the script ends; prints WAITING if somebody else holds it.
# With flock the kernel frees it when the last process that has descriptor 9 ends, so long-lived
# children must be started with 9>&-.
lock() {
  local file=$1 waiting=$2
  if ! command -v flock >/dev/null; then
    lock_by_link "$file.holder" "$waiting"
    return
  fi
  while true; do
    exec 9>"$file"
    if ! flock -n 9; then
      printf '%s\n' "$waiting" >&2
      flock 9
    fi
    # The holder may have deleted the file with its folder: then we hold a lock nobody else can see.
    if [[ $file -ef /dev/fd/9 ]]; then return; fi
    if [[ ! -d ${file%/*} ]]; then return; fi
  done
}

# Where flock is absent: a symbolic link to the holder's pid, because it is made whole or not at all.
lock_by_link() {
  local link=$1 waiting=$2 holder said=
  until ln -s $$ "$link" 2>/dev/null; do
    if [[ ! -d ${link%/*} ]]; then return; fi
    holder=$(readlink "$link" || true)
    if [[ $holder ]] && ! kill -0 "$holder" 2>/dev/null; then
      # Renamed first, so that of two that find it stale only one goes on to the next line.
      if mv "$link" "$link.stale.$$" 2>/dev/null; then rm -f "$link.stale.$$"; fi
      continue
    fi
    if [[ ! $said ]]; then
      printf '%s\n' "$waiting" >&2
      said=yes
    fi
    sleep 0.5
  done
  LOCK_LINK=$link
}

# Only the link needs it; call it from the script's EXIT trap.
unlock() {
  if [[ ${LOCK_LINK:-} ]]; then rm -f "$LOCK_LINK"; fi
}
