import Glibc

/// The files that a private mosquitto is given, and nobody else may read.
struct DemoBrokerFiles: Sendable {
    /// Everybody who may log in: each one's password is `demo-` and the name.
    static let users = ["monitor", "operator"] + Robot.allCases.map(\.name)

    /// The folder they lie in.
    var folder: String
    /// The port to listen on; the one after it is for TLS.
    var port: Int
    /// Whether there are certificates.
    var isSecure: Bool

    /// The socket to listen on besides; `nil` where its path is longer than the system takes.
    var socket: String? {
        let path = folder + "/mqtt.sock"
        return path.utf8.count < 108 ? path : nil
    }

    /// The certificate of the authority that has signed the broker's.
    var authority: String { folder + "/ca.crt" }

    /// The arguments with which openssl makes an authority and what it signs: for this host alone, for a month.
    var certificates: [[String]] {
        let request = [
            "req", "-x509", "-days", "30", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        ]
        return [
            request + [
                "-subj", "/CN=mqscope demo CA", "-addext", "keyUsage=critical,keyCertSign", "-keyout",
                folder + "/ca.key", "-out", authority,
            ],
            request + [
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext",
                "basicConstraints=critical,CA:FALSE", "-CA", authority, "-CAkey", folder + "/ca.key", "-keyout",
                folder + "/server.key", "-out", folder + "/server.crt",
            ],
        ]
    }

    private var listeners: String {
        var lines = ["listener \(port) 127.0.0.1"]
        if isSecure {
            lines += [
                "listener \(port + 1) 127.0.0.1", "cafile \(authority)", "certfile \(folder)/server.crt",
                "keyfile \(folder)/server.key",
            ]
        }
        if let socket { lines.append("listener 0 \(socket)") }
        return lines.joined(separator: "\n")
    }

    /// The configuration. No websockets, nothing is kept.
    var configuration: String {
        """
        persistence false
        sys_interval 1
        connection_messages true
        log_timestamp true
        log_dest topic
        log_dest stderr
        log_dest file \(folder)/mosquitto.log
        log_type error
        log_type warning
        log_type notice
        log_type information
        log_type subscribe
        log_type unsubscribe
        allow_anonymous false
        password_file \(folder)/passwd
        acl_file \(folder)/acl
        max_packet_size 1048576
        max_queued_messages 200
        max_inflight_messages 20
        \(listeners)
        \(geteuid() == 0 ? "user root" : "")

        """
    }

    /// Who may do what: the monitor and the operator everything, a robot only what is its own.
    static let accessControl = """
        user monitor
        topic readwrite #
        topic read $SYS/#
        user operator
        topic readwrite #
        pattern readwrite robots/%u/#
        pattern readwrite vda5050/v2/demo/%u/#
        pattern readwrite spBv1.0/demo/+/%u/#
        pattern readwrite spBv1.0/demo/+/%u
        pattern write mqtt_client/ros_msg_type/robots/%u/#

        """

    /// User names and passwords in clear text, for mosquitto_passwd to hash in place.
    static var passwords: String { users.map { "\($0):demo-\($0)\n" }.joined() }

    /// Makes the folder and writes the files.
    func write() throws(DemoFailure) {
        guard mkdir(folder, 0o700) == 0 else { throw failure(folder) }
        try write(configuration, to: "mosquitto.conf")
        try write(Self.accessControl, to: "acl")
        try write(Self.passwords, to: "passwd")
    }

    private func write(_ text: String, to name: String) throws(DemoFailure) {
        let path = folder + "/" + name
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        let bytes = Array(text.utf8)
        let count = Glibc.write(file, bytes, bytes.count)
        guard close(file) == 0, count == bytes.count else { throw failure(path) }
    }

    private func failure(_ path: String) -> DemoFailure { .noFolder(path: path, why: reason(errno)) }
}

/// What the system says of an errno.
func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
