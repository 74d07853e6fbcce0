/// The options that mosquitto knows, and what it does with a second line of each.
enum ConfigurationOptions {
    /// The options of 2.0.11, which 2.1 knows too.
    static let known = words(
        """
        acl_file address addresses allow_anonymous allow_duplicate_messages allow_zero_length_clientid auth_plugin
        auth_plugin_deny_special_chars auto_id_prefix autosave_interval autosave_on_changes bind_address bind_interface
        bridge_alpn bridge_attempt_unsubscribe bridge_bind_address bridge_cafile bridge_capath bridge_certfile
        bridge_identity bridge_insecure bridge_keyfile bridge_max_packet_size bridge_outgoing_retain
        bridge_protocol_version bridge_psk bridge_require_ocsp bridge_tls_version cafile capath certfile
        check_retain_source ciphers ciphers_tls1.3 cleansession clientid clientid_prefixes connection
        connection_messages crlfile dhparamfile http_dir idle_timeout include_dir keepalive_interval keyfile listener
        local_cleansession local_clientid local_password local_username log_dest log_facility log_timestamp
        log_timestamp_format log_type max_connections max_inflight_bytes max_inflight_messages max_keepalive
        max_packet_size max_qos max_queued_bytes max_queued_messages max_topic_alias maximum_qos memory_limit
        message_size_limit mount_point notification_topic notifications notifications_local_only password
        password_file per_listener_settings persistence persistence_file persistence_location
        persistent_client_expiration pid_file plugin port protocol psk_file psk_hint queue_qos0_messages
        remote_clientid remote_password remote_username require_certificate restart_timeout retain_available
        retained_persistence retry_interval round_robin set_tcp_nodelay socket_domain start_type sys_interval
        threshold tls_engine tls_engine_kpass_sha1 tls_keyform tls_version topic try_private upgrade_outgoing_qos
        use_identity_as_username use_subject_as_username use_username_as_clientid user username
        websockets_headers_size websockets_log_level
        """)

    /// The options that 2.1 has added: 2.0.11 does not start with them.
    static let added = words(
        """
        accept_protocol_versions bridge_ciphers bridge_ciphers_tls1.3 bridge_max_topic_alias bridge_receive_maximum
        bridge_reload_type bridge_session_expiry_interval bridge_tcp_keepalive bridge_tcp_user_timeout
        bridge_tls_use_os_certs disable_client_cert_date_checks enable_control_api enable_proxy_protocol
        global_max_clients global_max_connections global_plugin listener_allow_anonymous listener_auto_id_prefix
        max_topic_alias_broker packet_buffer_size plugin_load plugin_use proxy_protocol_v2_require_tls
        retain_expiry_interval websockets_origin
        """)

    /// How the names of options begin that belong to a plugin.
    static let pluginPrefixes = ["auth_opt_", "plugin_opt_"]

    /// The options that are true or false.
    static let flags = words(
        """
        allow_anonymous allow_duplicate_messages allow_zero_length_clientid autosave_on_changes
        bridge_attempt_unsubscribe bridge_insecure bridge_outgoing_retain bridge_require_ocsp check_retain_source
        cleansession connection_messages local_cleansession log_timestamp notifications notifications_local_only
        per_listener_settings persistence queue_qos0_messages require_certificate retain_available
        retained_persistence round_robin set_tcp_nodelay try_private upgrade_outgoing_qos use_identity_as_username
        use_subject_as_username use_username_as_clientid
        """)

    /// The options that 2.0.11 accepts once in all.
    static let onceInAll = words("log_timestamp_format persistence_file persistence_location pid_file user")

    /// The options that 2.0.11 accepts once for each listener.
    static let oncePerListener = words(
        """
        bind_interface cafile capath certfile ciphers ciphers_tls1.3 crlfile dhparamfile http_dir keyfile mount_point
        psk_hint tls_engine tls_version
        """)

    /// The options that 2.0.11 accepts once, for each listener where `per_listener_settings` says so.
    static let oncePerDoor = words("acl_file auto_id_prefix password_file psk_file")

    /// The options that 2.0.11 accepts once for each bridge.
    static let oncePerBridge = words(
        """
        bridge_alpn bridge_bind_address bridge_cafile bridge_capath bridge_certfile bridge_identity bridge_keyfile
        bridge_psk bridge_tls_version local_clientid local_password local_username notification_topic remote_clientid
        remote_password remote_username
        """)

    /// Other names of options.
    static let synonyms = [
        "clientid": "remote_clientid", "password": "remote_password", "username": "remote_username",
    ]

    /// The options that make 2.0.11 open port 1883 on all interfaces where no listener stands above them.
    static let opening = words(
        """
        cafile capath certfile ciphers ciphers_tls1.3 crlfile keyfile max_connections max_qos maximum_qos psk_hint
        require_certificate socket_domain tls_engine use_identity_as_username use_subject_as_username
        use_username_as_clientid
        """)

    /// The values of `log_dest`.
    static let destinations = words("none syslog stdout stderr topic file dlt android")

    /// The values of `log_type`.
    static let types = words(
        "none information notice warning error debug subscribe unsubscribe internal websockets all")

    /// The options whose value may be shown to nobody.
    private static let secrets = words("bridge_psk local_password password remote_password tls_engine_kpass_sha1")

    /// A line of the file, fit for a sentence. The value is left out when it is, or may be, a secret.
    static func line(_ key: String, _ value: String) -> String {
        let isShown = known.contains(key) && !secrets.contains(key)
        return Excerpt.of(isShown ? "\(key) \(value)" : "\(key) …")
    }

    /// Whether 2.0 or 2.1 knows the option.
    static func isKnown(_ key: String) -> Bool {
        known.contains(key) || added.contains(key) || pluginPrefixes.contains { key.hasPrefix($0) }
    }

    /// The option that was likely meant by an unknown name: at most two letters are wrong. The cost grows with the
    /// product of the lengths, so long names are not looked at.
    static func meant(by key: String) -> String? {
        guard key.utf8.count <= 40 else { return nil }
        let written = Array(key.lowercased().utf8)
        let near = known.union(added).map { (option: $0, distance: distance(written, Array($0.utf8))) }
            .filter { $0.distance <= 2 }
        return near.min { ($0.distance, $0.option) < ($1.distance, $1.option) }?.option
    }

    /// How many bytes have to be added, removed or changed to make one of the other (Levenshtein).
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard abs(one.count - other.count) <= 2 else { return 3 }
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, target) in other.enumerated() {
                let cost = min(diagonal + (byte == target ? 0 : 1), row[column] + 1, row[column + 1] + 1)
                diagonal = row[column + 1]
                row[column + 1] = cost
            }
        }
        return row[other.count]
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}
