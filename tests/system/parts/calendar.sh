# The timer by its calendar: at the moment that the calendar names, not at one that a stamp makes up
# for. beta's, brought near by a drop-in as docs/installing.md shows it.
part "the timer elapses by its calendar"
at=$(($(date +%s) + 6))
mkdir -p /etc/systemd/system/bynder-reconcile@beta.timer.d
printf '[Timer]\nOnCalendar=\nOnCalendar=%s UTC\nRandomizedDelaySec=0\nAccuracySec=1s\n' \
    "$(date -u -d "@$at" '+%F %T')" > /etc/systemd/system/bynder-reconcile@beta.timer.d/hour.conf
systemctl daemon-reload
moment=$(mark)
systemctl start bynder-reconcile@beta.timer
says "list-timers says when" "$(date -d "@$at" '+%F %T')" "$(systemctl list-timers --no-legend 'bynder-reconcile@beta.timer')"
is "it does not run before" "" "$(since -u bynder-reconcile@beta)"
beta_ran() { since -u bynder-reconcile@beta | grep -qE '^(Finished|Failed to start) '; }
holds "it runs" wait_for 40 beta_ran
began=$(since -u bynder-reconcile@beta -o short-unix | sed -n 's/^\([0-9]*\)\..* Starting .*/\1/p' | head -n 1)
holds "at that second, or the next two" test "${began:-0}" -ge $at -a "${began:-0}" -le $((at + 2))
says "and ends well" '^Finished ' "$(since -u bynder-reconcile@beta)"
systemctl stop bynder-reconcile@beta.timer
rm -r /etc/systemd/system/bynder-reconcile@beta.timer.d
systemctl daemon-reload
