# consul-template -config deploy/consul/consul-template.hcl, beside each service. It writes the files that CONFIG_FILE names; the services see that they
# changed and take them over without a restart, or refuse them whole with a line in their log.
consul {
  address = "127.0.0.1:8500"
}

# Changes that come together are written together.
wait {
  min = "2s"
  max = "10s"
}

template {
  source      = "/opt/docusnap/deploy/consul/gateway.env.ctmpl"
  destination = "/etc/docusnap/gateway.reload.env" # CONFIG_FILE of the gateway
  perms       = 0640
}

template {
  source      = "/opt/docusnap/deploy/consul/ocr.env.ctmpl"
  destination = "/etc/docusnap/ocr.reload.env" # CONFIG_FILE of the ocr service
  perms       = 0640
}
