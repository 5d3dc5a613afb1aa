# Prints of the served certificate and of the one in the file until when it is valid (epoch seconds), its SHA-256, and until when in words, one line each.
# Arguments: address, name, file.
set -u
told() { # told WHAT PEM
  end=$(printf '%s\n' "$2" | openssl x509 -noout -enddate 2> /dev/null) && print=$(printf '%s\n' "$2" | openssl x509 -noout -fingerprint -sha256) ||
    { echo "$1 0 none never"; return; }
  echo "$1 $(date -u -d "${end#*=}" "+%s ${print#*=} %Y-%m-%dT%H:%M:%SZ")"
}
told served "$(timeout 8 openssl s_client -connect "$1" -servername "$2" < /dev/null 2> /dev/null)"
told file "$(cat -- "$3" 2> /dev/null)"
