#!/bin/sh
# What the loader and the compiler are asked to do for the programs that are installed, read from the
# programs themselves (what devscripts' hardening-check asks, without its eighty packages).
#   hardening.sh PROGRAM...
set -u
failed=0
want() { # $1 program, $2 what, $3 yes or no, $4 pattern, $5 text
    if printf '%s\n' "$5" | grep -qE -- "$4"; then has=yes; else has=no; fi
    [ $has = "$3" ] || { echo "$1: $2"; failed=1; }
}
for program; do
    header=$(readelf -hW "$program") segments=$(readelf -lW "$program")
    dynamic=$(readelf -dW "$program") symbols=$(readelf --dyn-syms -W "$program")
    want "$program" "is at a fixed address: -fPIE -pie" yes 'Type: *DYN' "$header"
    want "$program" "is at a fixed address: -fPIE -pie" yes 'FLAGS_1.*PIE' "$dynamic"
    want "$program" "its tables stay writable: -z relro" yes 'GNU_RELRO' "$segments"
    want "$program" "binds late: -z now" yes 'FLAGS_1.*NOW|BIND_NOW' "$dynamic"
    want "$program" "has an executable stack: -z noexecstack" yes 'GNU_STACK .* RW +0x' "$segments"
    want "$program" "has memory that is written and executed" no 'LOAD .* RWE ' "$segments"
    want "$program" "has no guard on the stack: -fstack-protector-strong" yes '__stack_chk_fail' "$symbols"
    want "$program" "calls no checked function: -D_FORTIFY_SOURCE=3" yes '__[a-z]+_chk' "$symbols"
    want "$program" "looks for libraries where the builder was" no 'R(UN)?PATH' "$dynamic"
    want "$program" "changes its own code when loaded" no 'TEXTREL' "$dynamic"
done
exit $failed
