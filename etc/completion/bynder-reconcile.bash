# bash completion of bynder-reconcile. Verbs and options are asked of the program's own help, so a
# new one needs no line here. Plan numbers come from the history, if it can be read at once.
# The digest of an approval is not completed: it is what somebody saw, not what is there.

_bynder_reconcile_verbs() {
    bynder-reconcile --help 2>/dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The option names of a verb, or the global ones.
_bynder_reconcile_options() {
    bynder-reconcile $1 --help 2>/dev/null | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p'
}

# "FILE", "FORMAT" …: what an option takes, or nothing.
_bynder_reconcile_takes() {
    bynder-reconcile $1 --help 2>/dev/null | sed -n "s/^  $2 \([A-Z]*\) .*/\1/p"
}

# The formats that the help of the verb names.
_bynder_reconcile_formats() {
    bynder-reconcile $1 --help 2>/dev/null |
        sed -n 's/^  --format FORMAT *//p' | grep -oE '\b(text|json|csv|html|xlsx)\b'
}

# The first words that a verb's synopsis has for its first argument: "check" of roster, "user",
# "at" … of audit.
_bynder_reconcile_words() {
    bynder-reconcile "$1" --help 2>/dev/null |
        sed -n "s/^Usage: .* $1 \([a-z|]*\).*/\1/p" | tr '|' '\n'
}

# @NAME of every configuration in the usual directory; $1 is '@' or, where bash has split that off,
# nothing.
_bynder_reconcile_names() {
    local file
    for file in /etc/bynder-reconcile/*.conf; do
        file=${file##*/}
        [[ $file == '*.conf' ]] || echo "$1${file%.conf}"
    done
}

# The newest plan and the nine before it; $1 is a file or @NAME.
_bynder_reconcile_plans() {
    local newest which=()
    case $1 in
    '') ;;
    @*) which=("$1") ;;
    *) which=(--config "$1") ;;
    esac
    newest=$(timeout 5 bynder-reconcile "${which[@]}" --log-level error status --format json \
        2>/dev/null </dev/null | sed -n '/"plan": {/,/}/s/.*"id": \([0-9]*\).*/\1/p' | head -n 1)
    [[ $newest ]] || return
    seq "$newest" -1 $((newest > 9 ? newest - 9 : 1))
}

_bynder_reconcile() {
    local cur=${COMP_WORDS[COMP_CWORD]} verb='' config='' before='' arguments=0 i word option
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $before ]]; then
            [[ $word == = ]] && continue
            [[ $before == --config ]] && config=$word
            before=''
        elif [[ ! $verb && $config == @ ]]; then
            config=@$word # bash takes '@' for a word of its own
        elif [[ ! $verb && $word == @* ]]; then
            config=$word
        elif [[ $word == --*=* ]]; then
            [[ $word == --config=* ]] && config=${word#*=}
        elif [[ $word == --* ]]; then
            [[ $(_bynder_reconcile_takes "$verb" "$word") ]] && before=$word
        elif [[ ! $verb ]]; then
            verb=$word
        else
            ((arguments++))
        fi
    done

    [[ $cur == = ]] && cur=''
    if [[ $before ]]; then
        case $before in
        --log-level) COMPREPLY=($(compgen -W 'error warning info debug' -- "$cur")) ;;
        --log-format) COMPREPLY=($(compgen -W 'text json' -- "$cur")) ;;
        --format) COMPREPLY=($(compgen -W "$(_bynder_reconcile_formats "$verb")" -- "$cur")) ;;
        *)
            if [[ $(_bynder_reconcile_takes "$verb" "$before") == FILE ]]; then
                compopt -o filenames 2>/dev/null
                COMPREPLY=($(compgen -f -- "$cur"))
            fi
            ;;
        esac
    elif [[ ! $verb && $cur == @* ]]; then
        COMPREPLY=($(compgen -W "$(_bynder_reconcile_names @)" -- "$cur"))
    elif [[ ! $verb && $config == @ ]]; then
        COMPREPLY=($(compgen -W "$(_bynder_reconcile_names '')" -- "$cur"))
    elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$(_bynder_reconcile_options "$verb")" -- "$cur"))
    elif [[ ! $verb ]]; then
        COMPREPLY=($(compgen -W "$(_bynder_reconcile_verbs)" -- "$cur"))
    elif ((arguments == 0)); then
        case $verb in
        show | approve | reject | review | apply | withdraw)
            COMPREPLY=($(compgen -W "$(_bynder_reconcile_plans "${config/#\~/$HOME}")" -- "$cur"))
            ;;
        psql) ;;
        *) COMPREPLY=($(compgen -W "$(_bynder_reconcile_words "$verb")" -- "$cur")) ;;
        esac
    elif [[ $verb == roster || $verb == review ]]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$cur"))
    elif [[ $verb == audit && ${COMP_WORDS[COMP_CWORD - 1]} == plan ]]; then
        COMPREPLY=($(compgen -W "$(_bynder_reconcile_plans "${config/#\~/$HOME}")" -- "$cur"))
    fi
}

complete -F _bynder_reconcile bynder-reconcile
