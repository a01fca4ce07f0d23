"""Send one letter by Python's own library: python send_by_smtplib.py HOST PORT"""

import smtplib
import sys
from email.message import EmailMessage

letter = EmailMessage()
letter["From"] = "Me <user123@example.com>"
letter["To"] = "You <test@example.com>"
letter["Subject"] = "By a script"
letter.set_content("Hello.\n")

with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=10) as client:
    client.send_message(letter)
