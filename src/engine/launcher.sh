# A launcher: a small shell that starts hooks for the mill, one at a time, because a fork from a
# big process is slow. It is the leader of its own process group, so the mill can end a hook with
# all that the hook started.
#
# It reads lines: NAME=value sets a variable for the hooks to come, -NAME removes it, and `run`,
# followed by four lines (hook, stdin, stdout, stderr), starts a hook and reports its exit code
# on descriptor 3. Values are data to `read` and `export`: nothing in them is ever a command.
trap : TERM INT HUP QUIT
ulimit -c 0
while IFS= read -r line; do
  case $line in
  run)
    IFS= read -r hook && IFS= read -r in && IFS= read -r out && IFS= read -r err || exit 70
    "$hook" <"$in" >"$out" 2>"$err" 3>&-
    echo $? >&3
    ;;
  -*) unset "${line#-}" ;;
  *) export "$line" ;;
  esac
done
