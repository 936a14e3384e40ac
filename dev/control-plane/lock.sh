# shellcheck shell=bash
# Sourced by build and by ../cluster: one holder at a time, and a dead holder blocks nobody.

# lock FILE WAITING: takes the lock until the script ends; prints WAITING if somebody else holds it.
# With flock the kernel frees it when the last process that has descriptor 9 ends, so long-lived
# children must be started with 9>&-.
lock() {
  local file=$1 waiting=$2
  if ! command -v flock >/dev/null; then
    lock_by_directory "$file.d" "$waiting"
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

# Where flock is absent. The directory's name is the lock, the pid in it tells a stale one.
lock_by_directory() {
  local directory=$1 waiting=$2 holder said=
  until mkdir "$directory" 2>/dev/null; do
    if [[ ! -d ${directory%/*} ]]; then return; fi
    holder=$(cat "$directory/pid" 2>/dev/null || true)
    if [[ $holder ]] && ! kill -0 "$holder" 2>/dev/null; then
      # Renamed first: of two that find it stale, one wins and the other does not delete its new lock.
      if mv "$directory" "$directory.stale.$$" 2>/dev/null; then rm -rf "$directory.stale.$$"; fi
      continue
    fi
    if [[ ! $said ]]; then
      printf '%s\n' "$waiting" >&2
      said=yes
    fi
    sleep 0.5
  done
  echo $$ >"$directory/pid"
  LOCK_DIRECTORY=$directory
}

# Only the directory kind needs it; call it from the script's EXIT trap.
unlock() {
  if [[ ${LOCK_DIRECTORY:-} ]]; then rm -rf "$LOCK_DIRECTORY"; fi
}
