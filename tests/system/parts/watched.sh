# docs/operations.md, "Conditions": a missed night, a crashed run, a hung portal, a revoked token and
# a full disk, each with its figure, its line in the journal and its message. The mails go over TLS,
# with a password, to Debian's exim4, into a mailbox, and are read by Python's MIME parser; the
# webhooks to a server on loopback.
part "a mail server, a webhook, a portal that is watched"
figures=/var/lib/prometheus/node-exporter/bynder-reconcile-watch.prom
disk=/var/lib/bynder-reconcile/watch-disk
box=/home/mailbox/Maildir/new
watch() { as anna --config /etc/bynder-reconcile/watch.conf --log-level error "$@"; }
figure() { sed -n "s/^bynder_reconcile_$1{portal=\"watch\"} //p" "$figures"; } # "none" is empty
mails() { find "$box" -type f 2>/dev/null | wc -l; }
newest() { find "$box" -type f 2>/dev/null -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2; }
of_mail() { # $1 an expression of Python over the parsed mail m and part(type)
    python3 /share/sink.py parse "$(newest)" | python3 -c '
import json, sys
m = json.load(sys.stdin)
def part(type):
    return [p for p in m["parts"] if p["type"] == type][0]
print(eval(sys.argv[1]), end="")' "$1"
}
mail_arrives() { # $1 number, $2 its subject
    holds "mail $1 arrives" wait_for 20 sh -c "[ \$(find $box -type f | wc -l) -ge $1 ]" || return
    is "it is the only one, and says what" "$1 [bynder-reconcile] watch: $2" "$(mails) $(of_mail 'm["headers"]["subject"]')"
}
posts() { find /run/webhook -name '*.post' | wc -l; }
night() { # $1 exit status: one run, by its unit
    moment=$(mark)
    is "the run ends with $1" "$1" "$(start bynder-reconcile@watch)" "$(since -u bynder-reconcile@watch)"
}
mail_server() { # takes mail from who is encrypted and has the password, and from nobody else
    useradd --create-home mailbox
    install -d -m 0755 /etc/mail-tls
    install -m 0640 -g Debian-exim /share/portal.key /etc/mail-tls/key.pem
    install -m 0644 /share/portal.pem /etc/mail-tls/cert.pem
    cat > /etc/exim4/exim4.conf <<EOF
primary_hostname = mail.acme.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = 2587 : 2465
tls_on_connect_ports = 2465
tls_advertise_hosts = *
tls_certificate = /etc/mail-tls/cert.pem
tls_privatekey = /etc/mail-tls/key.pem
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = recipients
acl_smtp_data = accept
begin acl
recipients:
  accept
    authenticated = *
    encrypted = *
    domains = acme.example
  deny message = not without TLS and a password
begin routers
everybody:
  driver = accept
  domains = acme.example
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  directory = /home/mailbox/Maildir
  maildir_format
  create_directory
  user = mailbox
  group = mailbox
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{job}}{eq{\$auth3}{$mail_password}}}}
  server_set_id = \$auth2
EOF
    systemctl restart exim4
}
webhook() {
    mkdir -p /run/webhook
    cat /share/portal.pem /share/portal.key > /run/webhook.pem
    systemd-run --quiet --collect --unit=webhook python3 /share/sink.py webhook /run/webhook --tls --cert /run/webhook.pem
    wait_for 20 test -s /run/webhook/port
}
mail_server
webhook
holds "the mail server listens" wait_for 20 sh -c 'echo | timeout 2 bash -c "exec 3<>/dev/tcp/localhost/2587"'
start_sim watch --seed 15
share_rosters
cp -p /etc/credstore/bynder-reconcile.acme.client-secret /etc/credstore/bynder-reconcile.watch.client-secret
(umask 077
    printf '%s\n' "$mail_password" > /etc/credstore/bynder-reconcile.watch.mail-password
    printf 'https://localhost:%s/%s\n' "$(cat /run/webhook/port)" "$webhook_path" > /etc/credstore/bynder-reconcile.watch.webhook-url)
install -d -o bynder-reconcile -g bynder-reconcile -m 0700 $disk
mount -t tmpfs -o size=200m,uid="$(id -u bynder-reconcile)",gid="$(id -g bynder-reconcile)",mode=0700 tmpfs $disk
configure_watch() { # $1 the mail server
    configure watch enforce 1000 'client_id = "demo"; client_secret_credential = "client-secret";' "embedded = \"$disk/pg\";"
    cat >> /etc/bynder-reconcile/watch.conf <<EOF
metrics: { textfile = "$figures"; };
notify:
{
  mail: { server = "$1"; from = "job@acme.example"; to = [ "it@acme.example" ]; user = "job";
          password_credential = "mail-password"; ca_file = "ca.pem"; };
  webhook: { url_credential = "webhook-url"; ca_file = "ca.pem"; };
};
EOF
}
configure_watch smtp://localhost:2587
moment=$(mark)
is "the check of watch says yes to all" 0 "$(start bynder-reconcile-check@watch)" "$(since -u bynder-reconcile-check@watch)"
says "it tried the mail server, over TLS and with the password" 'ok +mail .*takes the password' "$(since -u bynder-reconcile-check@watch)"

night 0
mail_arrives 1 "plan 1 waits for approval: $(sed -n 's/^bynder_reconcile_planned{portal="watch",action="suspend"} //p' $figures) acts"
says "it came encrypted, and with a password" 'with esmtpsa .*TLS1\.[23]' "$(cat "$(newest)")"
is "without a defect, to whom it may concern" "[] it@acme.example job@acme.example" \
    "$(of_mail 'm["defects"], m["headers"]["to"], m["headers"]["from"]' | tr -d "(),'")"
says "its text says how to approve" 'bynder-reconcile @watch approve 1 --digest [0-9a-f]{64}' "$(of_mail 'part("text/plain")["content"]')"
says "its page says what" '<h2>plan 1 waits for approval' "$(of_mail 'part("text/html")["content"]')"
digest=$(of_mail 'part("text/plain")["content"]' | sed -n 's/.*approve 1 --digest \([0-9a-f]*\).*/\1/p' | head -n 1)
is "the page and the workbook are attached, under their names" "watch-plan-1.html watch-plan-1.xlsx" \
    "$(of_mail '" ".join(p["filename"] for p in m["parts"] if p["disposition"] == "attachment")')"
says "the page attached is that of the plan" "$digest" \
    "$(of_mail '[p for p in m["parts"] if p["filename"] == "watch-plan-1.html"][0]["content"]')"
is "the webhook got it too" 1 "$(posts)"
says "as JSON" '"reason": ?"approval"' "$(cat /run/webhook/1.post)"
says "the journal says that it was told" 'told by mail: approval' "$(since PORTAL=watch PLAN=1)"
is "the figures are there, for everybody to read" 644 "$(stat -c %a $figures)"
is "the run is a success in them" 0 "$(figure last_run_exit_code)"
is "and the plan waits" 1 "$(figure plan_to_approve)"

part "a missed night"
before=$(cat $figures)
mkdir -p /etc/systemd/system/bynder-reconcile@watch.timer.d
at=$(($(date +%s) + 3))
printf '[Timer]\nOnCalendar=\nOnCalendar=%s UTC\nRandomizedDelaySec=0\nAccuracySec=1s\n' \
    "$(date -u -d "@$at" '+%F %T')" > /etc/systemd/system/bynder-reconcile@watch.timer.d/hour.conf
systemctl daemon-reload
moment=$(mark)
systemctl start bynder-reconcile@watch.timer
systemctl stop bynder-reconcile@watch.timer # as a machine that is switched off
wait_for 10 test "$(date +%s)" -gt $at || true
until [ "$(date +%s)" -gt $((at + 1)) ]; do sleep 0.2; done
is "no line" "" "$(since -u bynder-reconcile@watch)"
is "no message" "1 1" "$(mails) $(posts)"
is "the last success gets older, for the alert" "$before" "$(cat $figures)"
success=$(figure last_success_timestamp_seconds)
systemctl start bynder-reconcile@watch.timer
made_up() { since -u bynder-reconcile@watch | grep -q '^Finished '; }
holds "switched on again, the timer makes up for it" wait_for 40 made_up
holds "and the figure is new" awk "BEGIN { exit !($(figure last_success_timestamp_seconds) > $success) }"
is "what was told is not told again" "1 1" "$(mails) $(posts)"
systemctl stop bynder-reconcile@watch.timer
rm -r /etc/systemd/system/bynder-reconcile@watch.timer.d
systemctl daemon-reload

part "a crashed run"
before=$(cat $figures)
hang watch
moment=$(mark)
systemctl start --no-block bynder-reconcile@watch
watch_has_begun() { [ "$(main_pid bynder-reconcile@watch)" != 0 ] && since -u bynder-reconcile@watch RUN=3 | grep -q .; }
wait_for 30 pgrep -u bynder-reconcile -f "postgres: bynder-reconcile: reconcile .*idle"
wait_for 10 watch_has_begun
kill -KILL "$(main_pid bynder-reconcile@watch)"
wait_for 20 sh -c '[ "$(systemctl show -P ActiveState bynder-reconcile@watch)" = failed ]'
is "the figures stay as they were" "$before" "$(cat $figures)"
says "the journal says so" 'bynder-reconcile@watch.service failed: killed by KILL' "$(told_line watch)"
is "the run itself could tell nobody" "1 1" "$(mails) $(posts)"
unhang watch
says "status says that it was cut off" 'cut off' "$(watch status)"
night 0
says "the next run says so" 'run [0-9]+ .*was cut off' "$(since PORTAL=watch PRIORITY=4)"
mail_arrives 2 "run 3 was cut off"
says "and by webhook" '"reason": ?"cut_off"' "$(cat /run/webhook/2.post)"

trouble() { # $1 exit status, $2 pattern of the line, $3 subject, $4 number of the mail
    is "the figures say $1" "$1" "$(figure last_run_exit_code)"
    is "and when it was well for the last time" "$success" "$(figure last_success_timestamp_seconds)"
    says "the journal says what, with priority err" "$2" "$(since PORTAL=watch PRIORITY=3 -t bynder-reconcile)"
    says "and that the unit failed" "bynder-reconcile@watch.service failed: exit status $1" "$(told_line watch)"
    mail_arrives "$4" "$3"
    says "and by webhook" "\"exit_code\": ?$1" "$(cat "/run/webhook/$4.post")"
}
well_again() { # $1 number of the mail that says so, once
    night 0
    mail_arrives "$1" "all clear again"
}
part "a portal that hangs"
well_again 3
success=$(figure last_success_timestamp_seconds)
hang watch
night 69
trouble 69 'failed: (Operation too slow|.*timed out)|Timeout' "run failed: not reachable (exit code 69)" 4
unhang watch

part "a revoked token"
well_again 5
success=$(figure last_success_timestamp_seconds)
systemctl stop sim-watch
port=$(cat /run/sim-watch.port)
(client_secret=another && start_sim watch --seed 15 --port "$port")
share_rosters
night 77
trouble 77 '401' "run failed: token lacks a right (exit code 77)" 6
systemctl stop sim-watch
start_sim watch --seed 15 --port "$port"
share_rosters

part "a full disk"
well_again 7
success=$(figure last_success_timestamp_seconds)
dd if=/dev/zero of=$disk/filler bs=64k status=none 2>/dev/null
dd if=/dev/zero bs=1k status=none 2>/dev/null >> $disk/filler
night 69
trouble 69 'No space left on device' "run failed: not reachable (exit code 69)" 8
rm $disk/filler

part "all is clear, over smtps"
configure_watch smtps://localhost:2465
sed -i 's/person = "departed"/username = "nobody-*"/' /etc/bynder-reconcile/watch.conf
night 0
mail_arrives 9 "all clear again"
is "and by webhook" 9 "$(posts)"
is "the figures are those of a success" 0 "$(figure last_run_exit_code)"

part "a held plan reaches people once"
# With notify set, exit status 20 is told by the run itself; docs/operations.md, "Who tells what".
mkdir -p /etc/systemd/system/bynder-reconcile@watch.service.d
cp /usr/share/doc/bynder-reconcile/examples/systemd/held-is-told.conf /etc/systemd/system/bynder-reconcile@watch.service.d/
systemctl daemon-reload
sed -i -e 's/username = "nobody-\*"/person = "departed"/' -e 's/count = 1000/count = 0/' /etc/bynder-reconcile/watch.conf
moment=$(mark)
start bynder-reconcile@watch >/dev/null
is "for systemd the run was well" "success inactive" "$(result bynder-reconcile@watch) $(systemctl show -P ActiveState bynder-reconcile@watch)"
is "and OnFailure= says nothing" "" "$(since PRIORITY=3 BYNDER_INSTANCE=watch)"
mail_arrives 10 "plan $(watch status --format json | sed -n 's/^ *"id": \([0-9]*\).*/\1/p' | head -n 1) is held by policy" # which is the one of before again
