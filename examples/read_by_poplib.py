"""Read a mailbox by Python's own library: python read_by_poplib.py HOST PORT"""

import poplib
import sys

mailbox = poplib.POP3(sys.argv[1], int(sys.argv[2]), timeout=10)
mailbox.user("test")
mailbox.pass_("letmein")
count, octets = mailbox.stat()
print(count, "letters,", octets, "octets")
for number in range(1, count + 1):
    lines = mailbox.retr(number)[1]
    print(b"\n".join(lines).decode("utf-8", "replace"))
mailbox.quit()
