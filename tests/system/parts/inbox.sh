# Decisions by a directory: the unit sees whose file it is only with the drop-in, takes it in its
# sandbox, verifies a signature there, and does nothing while it cannot read what lies in it.
part "decisions from a directory"
inbox=/srv/bynder-decisions signers=/etc/bynder-reconcile/signers.inbox
start_sim inbox --seed 17
share_rosters
cp -p /etc/credstore/bynder-reconcile.acme.client-secret /etc/credstore/bynder-reconcile.inbox.client-secret
configure inbox enforce 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'embedded = "/var/lib/bynder-reconcile/inbox";'
sed -i 's|^approval: { suspend = 2;|approval: { suspend = 1;|' /etc/bynder-reconcile/inbox.conf
printf 'review: { inbox = "%s"; };\n' "$inbox" >> /etc/bynder-reconcile/inbox.conf
install -d -m 1770 -o bynder-reconcile -g bynder-reconcile-review "$inbox"
drop() { as anna --config /etc/bynder-reconcile/inbox.conf --log-level error "$@"; }
old() { touch -d '1 minute ago' "$@"; }
table() { # $1 decision: the first row that nothing was done about, as a spreadsheet that somebody filled in
    echo account_id,subject,decision,reason,of_plan
    drop psql -Atqc "select concat_ws(',', account_id, encode(r.subject, 'hex'), '$1', 'by table',
                p.plan_id || ':' || encode(p.digest, 'hex'))
        from reconcile.plan_row r join reconcile.plan p using (portal_id, plan_id)
        where plan_id = (select max(plan_id) from reconcile.plan) and r.action = 'suspend'
            and account_id not in (select account_id from reconcile.step)
        order by r.position limit 1"
}
moment=$(mark)
is "a plan is made" 0 "$(start bynder-reconcile-plan@inbox)" "$(since -u bynder-reconcile-plan@inbox)"
table approve > /tmp/one.csv
holds "it has a row to approve" test "$(wc -l < /tmp/one.csv)" = 2
runuser -u anna -- cp /tmp/one.csv "$inbox/one.csv"
old "$inbox/one.csv"
moment=$(mark)
is "without the drop-in nothing is done: whose file it is is hidden" 20 "$(start bynder-reconcile@inbox)" \
    "$(since -u bynder-reconcile@inbox)"
says "and the journal says which drop-in it takes" 'inbox\.conf' "$(since -u bynder-reconcile@inbox)"
is "no act" 0 "$(writes inbox)"
for unit in bynder-reconcile@inbox bynder-reconcile-check@inbox; do
    mkdir -p "/etc/systemd/system/$unit.service.d"
    cp /usr/share/doc/bynder-reconcile/examples/systemd/inbox.conf "/etc/systemd/system/$unit.service.d/"
done
systemctl daemon-reload
moment=$(mark)
is "with it check is content" 0 "$(start bynder-reconcile-check@inbox)" "$(since -u bynder-reconcile-check@inbox)"
is "and the run takes it" 0 "$(start bynder-reconcile@inbox)" "$(since -u bynder-reconcile@inbox)"
is "it did what anna approved" 1 "$(writes inbox)"
holds "and set it aside with an answer" sh -c "ls $inbox/one.csv.taken-* $inbox/one.csv.answer-*.txt"
is "as anna's word" "anna" "$(drop psql -Atqc 'select who from audit.ruling')"

table approve > /tmp/two.csv
runuser -u bob -- cp /tmp/two.csv "$inbox/two.csv"
printf '{"format":' > /tmp/broken.json
runuser -u anna -- cp /tmp/broken.json "$inbox/broken.json"
old "$inbox"/two.csv "$inbox"/broken.json
moment=$(mark)
is "while anna's file cannot be read nothing is done" 20 "$(start bynder-reconcile@inbox)" "$(since -u bynder-reconcile@inbox)"
is "no act more" 1 "$(writes inbox)"
says "and the journal says what to do" "sudo rm $inbox/broken.json" "$(since -u bynder-reconcile@inbox)"
runuser -u anna -- rm "$inbox/broken.json"
moment=$(mark)
is "once she took it away the run acts" 0 "$(start bynder-reconcile@inbox)" "$(since -u bynder-reconcile@inbox)"
is "on what bob approved" 2 "$(writes inbox)"

runuser -u bob -- ssh-keygen -q -t ed25519 -N '' -f /tmp/bob.key
printf 'bob %s\n' "$(cut -d' ' -f1,2 /tmp/bob.key.pub)" > "$signers"
chown root:bynder-reconcile "$signers"
chmod 0640 "$signers"
sed -i "s|^approval: {|approval: { allowed_signers = \"$signers\";|" /etc/bynder-reconcile/inbox.conf
table approve > /tmp/three.csv
chown bob /tmp/three.csv
runuser -u bob -- ssh-keygen -q -Y sign -f /tmp/bob.key -n bynder-reconcile@decisions /tmp/three.csv
runuser -u anna -- cp /tmp/three.csv "$inbox/unsigned.csv"
runuser -u anna -- cp /tmp/three.csv /tmp/three.csv.sig "$inbox/" # whoever carries it
old "$inbox"/*.csv "$inbox"/*.sig
moment=$(mark)
is "signatures are verified in the sandbox" 0 "$(start bynder-reconcile@inbox)" "$(since -u bynder-reconcile@inbox)"
is "and what bob signed is done" 3 "$(writes inbox)"
is "as his word, with his key" "bob $(ssh-keygen -l -f /tmp/bob.key.pub | cut -d' ' -f2)" \
    "$(drop psql -Atqc "select who || ' ' || key from audit.handed_in where key is not null")"
holds "the same without a signature approves nothing" sh -c "ls $inbox/unsigned.csv.refused-*"
is "the record holds" 0 "$(drop audit verify >/dev/null; echo $?)"
systemctl stop sim-inbox
