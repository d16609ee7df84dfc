# Starts a program for hooks: sh -c TEXT NAME MEMORY FILES PROCESSES PROGRAM [ARGUMENT]...
# Limits are numbers, or - for none; MEMORY is in KB. A limit that is lower already stays.
most() {
  [ "$2" = - ] || ulimit "-$1" "$2" 2>/dev/null || [ "$(ulimit -H "-$1")" -le "$2" ] || exit 71
}
ulimit -c 0
most v "$1"
most n "$2"
# dash and busybox call it -p, others -u.
if (ulimit -u) >/dev/null 2>&1; then most u "$3"; else most p "$3"; fi
shift 3
# Descriptor 3 ends with the mill, however it dies: nothing of the group outlives it then. Who
# watches it is no child of the program, which may wait for its children.
(
  (
    trap '' HUP INT QUIT TERM
    read -r end <&3
    kill -TERM 0
    sleep 2
    kill -KILL 0
  ) </dev/null >/dev/null 2>&1 4<&- &
)
exec "$@" 3<&-
