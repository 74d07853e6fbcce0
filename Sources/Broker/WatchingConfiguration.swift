/// A complete configuration for watching robots, which mosquitto 2.0 and 2.1 accept unchanged.
package struct WatchingConfiguration: Sendable {
    /// The port to listen on, and after a space an address when it shall be only one.
    package var listener = "1883"
    /// The file of the users.
    package var passwordFile = "/etc/mosquitto/passwd"
    /// The folder that retained messages and sessions are kept in, with a slash at the end.
    package var persistenceLocation = "/var/lib/mosquitto/"

    /// The one with the places of Debian's mosquitto.
    package init() {}

    /// The file's text.
    package var text: String {
        """
        # mosquitto for watching robots: everything that mqscope can show is switched on.
        #
        # This is a whole mosquitto.conf, for mosquitto 2.0 and 2.1. It replaces /etc/mosquitto/mosquitto.conf; beside
        # Debian's own file, in conf.d, mosquitto does not start with it, for persistence_location may stand only once.
        #
        # Its users are made by these commands, which ask for the passwords (leave out -c when the file exists):
        #
        #   mosquitto_passwd -c \(passwordFile) ev3
        #   mosquitto_passwd \(passwordFile) test
        #   chown mosquitto: \(passwordFile)
        #   chmod 0600 \(passwordFile)
        #
        # Then: systemctl restart mosquitto, and mqscope -h HOST -u test

        # Who may come in: only users of the file, from any network.
        listener \(listener)
        allow_anonymous false
        password_file \(passwordFile)

        # The log goes to topics, where mqscope reads it, and to the journal.
        log_dest topic
        log_dest syslog

        # Failures, warnings, who connects and disconnects and why, starts and stops.
        log_type error
        log_type warning
        log_type notice
        log_type information

        # Who subscribes to what.
        log_type subscribe
        log_type unsubscribe

        # Log lines for connections, each with the time in seconds since 1970.
        connection_messages true
        log_timestamp true

        # The broker's statistics ($SYS), every 10 seconds.
        sys_interval 10

        # Retained messages and sessions outlive a restart.
        persistence true
        persistence_location \(persistenceLocation)

        # TLS: a certificate of a CA that the robots know.
        #listener 8883
        #cafile /etc/mosquitto/certs/ca.crt
        #certfile /etc/mosquitto/certs/server.crt
        #keyfile /etc/mosquitto/certs/server.key

        # WebSocket, for browsers. Without socket_domain mosquitto 2.0 ignores an address after the port.
        #listener 9001
        #protocol websockets
        #socket_domain ipv4

        """
    }
}
