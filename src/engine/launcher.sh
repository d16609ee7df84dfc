# A launcher: a small shell that starts hooks for the mill, one at a time, because a fork from a
# big process is slow. It reads its orders from the mill on stdin: values for variables of the
# hooks to come, `run HOOK STDIN STDOUT STDERR`, whose exit code it prints, and so on until the end
# of its input. A shell reads orders in blocks, and `read` byte by byte; so what is letters, digits
# and the like stands in the orders, in single quotes, and all other text is data on descriptor 4.
trap : TERM INT HUP QUIT
run() {
  "$1" 2>"$4" <"$2" >"$3" 4<&-
  echo $?
}
