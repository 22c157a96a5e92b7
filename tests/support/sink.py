#!/usr/bin/python3
"""Takes what the program sends, for tests: mail over SMTP (aiosmtpd) or POSTs over HTTP.

    sink.py mail DIRECTORY [--starttls | --tls] [--cert PEM] [--user NAME --password WORD]
    sink.py webhook DIRECTORY [--tls] [--cert PEM]
    sink.py parse FILE        a mail as JSON, by Python's own MIME parser

It listens on a loopback port of the system's choice and writes the port to DIRECTORY/port. Each
thing taken is DIRECTORY/NUMBER.mail or .post, complete when it is there, with NUMBER.about beside
it. The file DIRECTORY/answer, when there is one, says how the next ones are answered: an SMTP or
HTTP code, `rcpt CODE`, or `hang`.
"""
import argparse
import asyncio
import email
import email.policy
import http.server
import json
import os
import ssl
import sys
import time


class Taken:
    def __init__(self, directory, ending):
        self.directory, self.ending, self.count = directory, ending, 0

    def answer(self):
        try:
            with open(os.path.join(self.directory, "answer")) as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    def keep(self, content, about):
        self.count += 1
        self.put("%d.about" % self.count, json.dumps(about).encode())
        self.put("%d.%s" % (self.count, self.ending), content)

    def put(self, name, content):
        path = os.path.join(self.directory, name)
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.rename(path + ".new", path)


def tls(options):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.cert)
    return context


def serve_mail(options):
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

    taken = Taken(options.directory, "mail")

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
            words = taken.answer().split()
            if words[:1] == ["rcpt"]:
                return words[1] + " no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            answer = taken.answer()
            if answer == "hang":
                await asyncio.sleep(3600)
            if answer and not answer.startswith("rcpt"):
                return answer + " not now"
            taken.keep(envelope.content, {
                "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "tls": session.ssl is not None or options.tls,
                "login": bool(session.authenticated)})
            return "250 taken"

    def authenticate(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and \
            data.login.decode() == options.user and data.password.decode() == options.password
        return AuthResult(success=good, handled=False)

    def make():
        more = {}
        if options.starttls:
            more.update(tls_context=tls(options), require_starttls=True)
        if options.user:
            more.update(authenticator=authenticate, auth_required=True,
                        auth_require_tls=options.starttls)
        return SMTP(Handler(), hostname="sink", **more)

    async def main():
        server = await asyncio.get_running_loop().create_server(
            make, "127.0.0.1", 0, ssl=tls(options) if options.tls else None)
        taken.put("port", b"%d" % server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def serve_webhook(options):
    taken = Taken(options.directory, "post")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = taken.answer()
            if answer == "hang":
                time.sleep(3600)
            if not answer:
                taken.keep(body, {"path": self.path, "type": self.headers.get("Content-Type")})
            self.send_response(int(answer or 200))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if options.tls:
        server.socket = tls(options).wrap_socket(server.socket, server_side=True)
    taken.put("port", b"%d" % server.server_address[1])
    server.serve_forever()


def parse(path):
    with open(path, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = []
    for part in message.walk():
        one = {"type": part.get_content_type(), "filename": part.get_filename(),
               "disposition": part.get_content_disposition(),
               "encoding": part.get("Content-Transfer-Encoding")}
        if not part.is_multipart():
            one["content"] = part.get_content()
            if isinstance(one["content"], bytes):
                one["content"] = one["content"].decode(errors="replace")
        parts.append(one)
    defects = [str(d) for part in message.walk() for d in part.defects]
    longest = max(len(line) for line in raw.split(b"\r\n"))
    json.dump({"headers": {k.lower(): v for k, v in message.items()},
               "names": [k for k, v in message.items()], "parts": parts, "defects": defects,
               "bare_newlines": raw.replace(b"\r\n", b"").count(b"\n"), "longest_line": longest},
              sys.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["mail", "webhook", "parse"])
    parser.add_argument("directory")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()
    if options.what == "parse":
        parse(options.directory)
    elif options.what == "mail":
        serve_mail(options)
    else:
        serve_webhook(options)


main()
