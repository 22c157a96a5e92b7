# The commands of the README, as they stand there, by a new administrator, up to the first dry run on
# a portal that is one in all but that it is made up: over TLS, at a real one's address and port.
# The first three fetch and build. Under `make check-system` run.sh has done that, because there is no
# network; under `make check-readme` they are run too, in a Debian that has nothing else.
part "the README's first dry run"
carol_comes() {
    useradd --create-home --shell /bin/bash carol
    echo 'carol ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/carol
    echo '127.0.0.1 acme.bynder.com' >> /etc/hosts
    printf '%s' "$client_secret" > /home/carol/secret # what she will type
    chown carol: /home/carol/secret
}
portal_comes() { # what is called acme.bynder.com here, with its authority among the usual ones
    [ -x /usr/bin/portal-sim ] || apt-get install -q -y /home/carol/bynder-reconcile/build/deb/bynder-portal-sim_*.deb >/dev/null
    cp /share/ca.pem /usr/local/share/ca-certificates/test.crt
    update-ca-certificates >/dev/null 2>&1
    mkdir -p /srv/hr
    start_sim first --seed 10 --users 200 --port 443 --scopes "admin.user:read admin.profile:read current.user:read"
    mv /srv/hr/first.csv /home/carol/roster.csv
    chown carol: /home/carol/roster.csv
}
packages_come() {
    mkdir -p /home/carol/bynder-reconcile/build
    cp -r /share/packages /home/carol/bynder-reconcile/build/deb
    chown -R carol: /home/carol/bynder-reconcile
}
source_comes() { # wherever the README says that it is
    printf '[url "file:///share/source.git"]\n  insteadOf = %s\n[safe]\n  directory = *\n' \
        "$(sed -n 's/^git clone \(http[^ ]*\) .*/\1/p' <<<"$commands")" > /etc/gitconfig
}
readme_say() { # one command of carol's; only init asks
    local answers=()
    case $1 in
    *' init') answers=('Address of the portal' 'https://acme.bynder.com' 'name in the history [acme]' ''
        'Client id' demo "HR's roster" /srv/hr/acme.csv 'Directory of the database' ''
        'Time zone of the company' '' 'The client secret' @/home/carol/secret) ;;
    esac
    local place=/home/carol/bynder-reconcile
    [ -d $place ] || place=/home/carol
    runuser -u carol -- env -C $place HOME=/home/carol USER=carol \
        python3 /share/answer.py "$1" "${answers[@]}" 2>&1 </dev/null
}
commands=$(sed -n '/^```sh first-dry-run$/,/^```$/p' /share/README.md | sed '1d;$d')
holds "its commands are under ten" test "$(wc -l <<<"$commands")" -gt 4 -a "$(wc -l <<<"$commands")" -lt 10
is "the first three fetch and build" "sudo apt-get install|git clone|sudo make deb|" \
    "$(head -n 3 <<<"$commands" | grep -oE '^(sudo apt-get install|git clone|sudo make deb)' | tr '\n' '|')"
carol_comes
if [ -f /share/literally ]; then source_comes; else packages_come; fi
while read -r command <&3; do
    case $command in
    'sudo apt-get install -y git make' | 'git clone '* | 'sudo make deb') [ -f /share/literally ] || continue ;;
    *) [ -f /home/carol/roster.csv ] || portal_comes ;;
    esac
    at=$SECONDS
    said=$(readme_say "$command")
    is "${command%% #*} ($((SECONDS - at)) s)" 0 $? "$(tail -n 30 <<<"$said")"
    case $command in
    *' init')
        says "it looked with the eyes of the run" 'ok +portal +https://acme.bynder.com answers' "$said"
        says_not "and found nothing wrong" 'FAIL' "$said"
        says_not "the secret was not shown" 'canary' "$said"
        next=$(sed -n '/^all is well; next:/,$p' <<<"$said" | tr -d '\r' | sed -n 's/^  \(sudo .*\)/\1/p')
        ;;
    esac
done 3<<<"$commands"
says "the last one shows the plan" 'suspend' "$said"
is "nothing was written" 0 "$(writes first)"
is "init said the next four commands" 4 "$(wc -l <<<"$next")"
while read -r command <&3; do
    said=$(readme_say "$command")
    is "next: ${command%% #*}" 0 $? "$said"
done 3<<<"$next"
says "the third wrote a page for the people who decide" '<!doctype html|<html' \
    "$(head -c 300 /home/carol/bynder-reconcile/plan.html | tr 'A-Z' 'a-z')"
is "the secret is root's alone" "root 600" "$(stat -c '%U %a' /etc/credstore/bynder-reconcile.acme.client-secret)"
is "all below the state directory is the service's" "" "$(find /var/lib/bynder-reconcile ! -user bynder-reconcile)"
# The parts that follow begin anew.
systemctl stop sim-first
rm -r /etc/bynder-reconcile/acme.conf /etc/credstore/bynder-reconcile.acme.client-secret \
    /var/lib/bynder-reconcile/acme /var/lib/bynder-reconcile/audit-head-acme /srv/hr/acme.csv \
    /home/carol/bynder-reconcile
