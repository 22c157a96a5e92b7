#!/usr/bin/python3
"""Runs a command at a terminal of its own and answers its questions, one after the other.

    answer.py COMMAND [QUESTION ANSWER]...

Each answer is given when its question, a part of it, has appeared; @FILE is what FILE holds, so that
no command line shows it. What the terminal shows goes to
standard output; the exit status is the command's.
"""
import os
import pty
import sys


def words(answer):
    if answer.startswith("@"):
        with open(answer[1:]) as file:
            return file.read()
    return answer


def main():
    command = sys.argv[1]
    answers = [(question, words(answer)) for question, answer in zip(sys.argv[2::2], sys.argv[3::2])]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv("/bin/bash", ["bash", "-c", command])
    seen = b""
    while True:
        try:
            got = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that the other side is closed
            got = b""
        if not got:
            break
        sys.stdout.buffer.write(got)
        sys.stdout.flush()
        seen += got
        if answers and answers[0][0].encode() in seen:
            os.write(terminal, answers.pop(0)[1].encode() + b"\n")
            seen = b""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for question, _ in answers:
        print("was never asked: " + question)
    sys.exit(status if not answers else 99)


main()
