/// Lines of mosquitto's log and what is made of them: severity | line | client, after `!` when it is an alarm | words.
enum LineTables {
    /// What mosquitto 1.3.4 and 1.4 writes.
    static let version1 = #"""
        N | New connection from 127.0.0.1 on port 1883. | ? | opened a connection from 127.0.0.1 to port 1883
        N | New connection from ::1 on port 1883. | ? | opened a connection from ::1 to port 1883
        N | New client connected from 127.0.0.1 as ID (c1, k60). | ID | connected from 127.0.0.1 (clean, keep-alive 60 s)
        N | New client connected from ::1 as ID (c1, k60). | ID | connected from ::1 (clean, keep-alive 60 s)
        N | New client connected from 127.0.0.1 as ID (c0, k15, urobot). | ID | connected from 127.0.0.1 as user robot (keeps its session, keep-alive 15 s)
        N | New client connected from 127.0.0.1 as ID (c0, k15, u'robot'). | ID | connected from 127.0.0.1 as user robot (keeps its session, keep-alive 15 s)
        N | New bridge connected from 10.0.0.7 as lab.bridge (c0, k60, u'bridge'). | lab.bridge | connected as a bridge from 10.0.0.7 as user bridge (keeps its session, keep-alive 60 s)
        N | Client ID disconnected. | ID | disconnected
        N | Socket error on client ID, disconnecting. | ID | its connection is gone (no DISCONNECT)
        N | Socket error on client <unknown>, disconnecting. | ? | gone before it logged in: login refused, or no MQTT client?
        N | Socket error on client (null), disconnecting. | ? | gone before it logged in: login refused, or no MQTT client?
        N | Client ID has exceeded timeout, disconnecting. | ! ID | silent for longer than its keep-alive
        E | Client ID already connected, closing old connection. | ! ID | taken over — two devices use this client identifier, or it reconnected
        I | Invalid protocol version 5 in CONNECT from 127.0.0.1. | ! ? | asked for protocol version 5, which the broker does not speak (127.0.0.1)
        I | Invalid protocol "XQTT" in CONNECT from 127.0.0.1. | ! ? | asked for the protocol "XQTT", which is not MQTT (127.0.0.1)
        I | Invalid subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid subscription string (127.0.0.1)
        N | Client connection from 127.0.0.1 denied: max_connections exceeded. | ! ? | turned away (127.0.0.1): the broker is full (max_connections)
        N | Client connection from 127.0.0.1 denied access by tcpd. | ! ? | turned away (127.0.0.1): forbidden by hosts.deny
        N | Outgoing messages are being dropped for client ID. | ! ID | the broker drops messages for it: it takes them too slowly
        N | Expiring persistent client ID due to timeout. | ID | its session expired
        M/subscribe | monitor 2 $SYS/broker/log/# | monitor | subscribed to $SYS/broker/log/# (QoS 2)
        M/unsubscribe | monitor $SYS/broker/log/# | monitor | unsubscribed from $SYS/broker/log/#
        I | Saving in-memory database to /var/lib/mosquitto/mosquitto.db. | – | saving retained messages and sessions to /var/lib/mosquitto/mosquitto.db
        I | Reloading config. | – | reading its configuration again
        I | mosquitto version 1.4 (build date 2026-11-23 23:54:37+0000) starting | – | mosquitto 1.4 is starting
        I | mosquitto version 1.4 terminating | ! – | mosquitto 1.4 is shutting down
        E | OpenSSL Error: error:1408F10B:SSL routines:SSL3_GET_RECORD:wrong version number | ! ? | TLS failed: plain MQTT on a TLS port, or no TLS at all
        E | Error: Address already in use | ! – | Error: Address already in use
        W | Warning: Mosquitto should not be run as root/administrator. | – | Warning: Mosquitto should not be run as root/administrator.
        WS | lws_protocol_init: anything at all | – | lws_protocol_init: anything at all
        """#

    /// What mosquitto 2.0.11 writes.
    static let version20 = #"""
        N | New connection from 127.0.0.1:57028 on port 1883. | ? | opened a connection from 127.0.0.1:57028 to port 1883
        N | New client connected from ::ffff:127.0.0.1:48145 as ID (p2, c1, k60). | ID | connected from 127.0.0.1:48145 (3.1.1, clean, keep-alive 60 s)
        N | New connection from /run/mqtt.sock:0 on port 0. | ? | opened a connection to the socket /run/mqtt.sock
        N | New connection from ::ffff:127.0.0.1:48145 on port 9001. | ? | opened a connection from 127.0.0.1:48145 to port 9001
        N | New connection from ::1:48145 on port 1883. | ? | opened a connection from [::1]:48145 to port 1883
        N | New connection from fe80:1:2:3:4:5:6:7:1883 on port 1883. | ? | opened a connection from [fe80:1:2:3:4:5:6:7]:1883 to port 1883
        N | New client connected from 127.0.0.1:57036 as ID (p1, c1, k60). | ID | connected from 127.0.0.1:57036 (3.1, clean, keep-alive 60 s)
        N | New client connected from 127.0.0.1:57036 as ID (p2, c1, k60). | ID | connected from 127.0.0.1:57036 (3.1.1, clean, keep-alive 60 s)
        N | New client connected from 127.0.0.1:57036 as ID (p2, c0, k15, u'robot'). | ID | connected from 127.0.0.1:57036 as user robot (3.1.1, keeps its session, keep-alive 15 s)
        N | New client connected from 127.0.0.1:57036 as ID (p5, c1, k0, u''). | ID | connected from 127.0.0.1:57036 as user "" (5.0, clean, no keep-alive)
        N | New client connected from ::1:57036 as ID (p5, c0, k65535). | ID | connected from [::1]:57036 (5.0, keeps its session, keep-alive 65535 s)
        N | New client connected from /run/mqtt.sock:0 as ID (p2, c1, k60). | ID | connected from /run/mqtt.sock (3.1.1, clean, keep-alive 60 s)
        N | New bridge connected from 10.0.0.7:40000 as lab.bridge (p2, c0, k60, u'bridge'). | lab.bridge | connected as a bridge from 10.0.0.7:40000 as user bridge (3.1.1, keeps its session, keep-alive 60 s)
        N | New bridge connected from 10.0.0.7:40000 as lab.bridge (p2, c0, k60). | lab.bridge | connected as a bridge from 10.0.0.7:40000 (3.1.1, keeps its session, keep-alive 60 s)
        N | Client ID disconnected. | ID | disconnected
        N | Client ID closed its connection. | ID | closed its connection without DISCONNECT
        N | Client <unknown> closed its connection. | ? | closed its connection before it logged in
        N | Client <unknown> disconnected, not authorised. | ! ? | login refused
        N | Client ID disconnected, not authorised. | ! ID | login refused
        N | Client ID has exceeded timeout, disconnecting. | ! ID | silent for longer than its keep-alive
        N | Client <unknown> has exceeded timeout, disconnecting. | ! ? | connected and then said nothing
        E | Client ID already connected, closing old connection. | ! ID | taken over — two devices use this client identifier, or it reconnected
        N | Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client?
        N | Client ID disconnected due to protocol error. | ! ID | broke the MQTT protocol
        N | Client ID disconnected due to malformed packet. | ! ID | sent a malformed packet
        N | Client ID disconnected due to oversize packet. | ! ID | sent a packet larger than max_packet_size
        N | Client ID disconnected due to oversize payload. | ! ID | sent a payload larger than message_size_limit
        N | Client ID disconnected due to out of memory. | ! ID | disconnected: the broker has no memory left
        N | Client ID disconnected due to QoS too high or retain not supported. | ! ID | asked for something that the broker does not allow (QoS, RETAIN, protocol version, AUTH)
        N | Client ID disconnected: Connection reset by peer. | ID | its connection broke: Connection reset by peer
        N | Client ID disconnected: Broken pipe. | ID | its connection broke: Broken pipe
        N | Client <unknown> disconnected: Protocol error. | ! ? | TLS failed
        N | Client ID been disconnected by administrative action. | ! ID | disconnected by an administrator
        N | Bad socket read/write on client ID: Connection reset by peer | ID | its connection broke: Connection reset by peer
        N | Client connection from 127.0.0.1 failed: error:0A00010B:SSL routines::wrong version number. | ! ? | turned away (127.0.0.1): plain MQTT on a TLS port, or no TLS at all
        N | Client connection from 127.0.0.1 failed: error:0A00009C:SSL routines::http request. | ! ? | turned away (127.0.0.1): a web client (HTTP) on a TLS port
        N | Client connection from 127.0.0.1 denied: max_connections exceeded. | ! ? | turned away (127.0.0.1): the broker is full (max_connections)
        N | Client connection from 127.0.0.1 denied access by tcpd. | ! ? | turned away (127.0.0.1): forbidden by hosts.deny
        E | OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number | ! ? | TLS failed: plain MQTT on a TLS port, or no TLS at all
        E | OpenSSL Error[0]: error:0A00009C:SSL routines::http request | ! ? | TLS failed: a web client (HTTP) on a TLS port
        E | OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca | ! ? | TLS failed: the client does not trust the broker's certificate (unknown CA)
        E | OpenSSL Error[0]: error:0A000412:SSL routines::sslv3 alert bad certificate | ! ? | TLS failed: the client does not accept the broker's certificate (made for another name?)
        E | OpenSSL Error[0]: error:0A000438:SSL routines::tlsv1 alert internal error | ! ? | TLS failed: the client does not accept the broker's certificate (made for another name?)
        E | OpenSSL Error[0]: error:0A000415:SSL routines::sslv3 alert certificate expired | ! ? | TLS failed: the client says that the broker's certificate has expired
        E | OpenSSL Error[0]: error:0A0000C7:SSL routines::peer did not return a certificate | ! ? | TLS failed: the client has no certificate to show
        E | OpenSSL Error[0]: error:0A000102:SSL routines::unsupported protocol | ! ? | TLS failed: the client's TLS version is too old
        E | OpenSSL Error[0]: error:0A000126:SSL routines::unexpected eof while reading | ? | TLS failed: the connection ended without a TLS goodbye (usual when a client stops)
        I | Invalid protocol version 9 in CONNECT from 127.0.0.1. | ! ? | asked for protocol version 9, which the broker does not speak (127.0.0.1)
        I | Invalid protocol "XQTT" in CONNECT from 127.0.0.1. | ! ? | asked for the protocol "XQTT", which is not MQTT (127.0.0.1)
        I | Invalid Will QoS in CONNECT from 127.0.0.1. | ! ? | broke the protocol: CONNECT with invalid Will QoS (127.0.0.1)
        N | Bad client ID sending multiple CONNECT messages. | ! ID | sent CONNECT twice
        E | Protocol error from ID: password without username, closing connection. | ! ID | broke the protocol: password without username, closing connection
        I | Invalid subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid subscription string (127.0.0.1)
        I | Empty subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: empty subscription string (127.0.0.1)
        I | Invalid QoS in subscription command from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid QoS in subscription command (127.0.0.1)
        I | Invalid unsubscription string from ID, disconnecting. | ! ID | disconnected: invalid unsubscription string
        I | Empty unsubscription string from ID, disconnecting. | ! ID | disconnected: empty unsubscription string
        I | Invalid QoS in PUBLISH from ID, disconnecting. | ! ID | disconnected: invalid QoS in PUBLISH
        I | Too high QoS in PUBLISH from ID, disconnecting. | ! ID | disconnected: too high QoS in PUBLISH
        W | Reused message ID 7 from ID detected. Clearing from storage. | ! ID | broke the protocol: Packet Identifier 7 used twice
        N | ACL denying access to client with dangerous client id "a/b" | ! – | ACL denying access to client with dangerous client id "a/b"
        N | ACL denying access to client with dangerous username "a/b" | ! – | ACL denying access to client with dangerous username "a/b"
        N | Outgoing messages are being dropped for client ID. | ! ID | the broker drops messages for it: it takes them too slowly
        N | Expiring client ID due to timeout. | ID | its session expired
        M/subscribe | ev3 0 robots/# | ev3 | subscribed to robots/# (QoS 0)
        M/subscribe | ev3 2 a filter with blanks | ev3 | subscribed to a filter with blanks (QoS 2)
        M/unsubscribe | ev3 robots/# | ev3 | unsubscribed from robots/#
        I | Saving in-memory database to /var/lib/mosquitto//mosquitto.db. | – | saving retained messages and sessions to /var/lib/mosquitto//mosquitto.db
        I | Error saving in-memory database, unable to open /var/lib/mosquitto/mosquitto.db.new for writing. | ! – | Error saving in-memory database, unable to open /var/lib/mosquitto/mosquitto.db.new for writing.
        I | Error saving in-memory database, out of memory. | ! – | Error saving in-memory database, out of memory.
        I | Error saving in-memory database, unable to remove /x. | ! – | Error saving in-memory database, unable to remove /x.
        E | Error: Permission denied. | ! – | Error: Permission denied.
        I | Reloading config. | – | reading its configuration again
        I | mosquitto version 2.0.11 starting | – | mosquitto 2.0.11 is starting
        I | Config loaded from /etc/mosquitto/mosquitto.conf. | – | Config loaded from /etc/mosquitto/mosquitto.conf.
        I | Opening ipv4 listen socket on port 1883. | – | listening on port 1883 (ipv4)
        I | Opening ipv6 listen socket on port 1883. | – | listening on port 1883 (ipv6)
        I | Opening unix listen socket on path /run/mqtt.sock. | – | listening on path /run/mqtt.sock (unix)
        I | Opening websockets listen socket on port 9001. | – | listening on port 9001 (websockets)
        I | mosquitto version 2.0.11 running | – | mosquitto 2.0.11 is running
        I | mosquitto version 2.0.11 terminating | ! – | mosquitto 2.0.11 is shutting down
        I | Using default config. | – | Using default config.
        W | Starting in local only mode. Connections will only be possible from clients running on this machine. | – | Starting in local only mode. Connections will only be possible from clients running on this machine.
        W | Create a configuration file which defines a listener to allow remote access. | – | Create a configuration file which defines a listener to allow remote access.
        W | For more details see https://mosquitto.org/documentation/authentication-methods/ | – | For more details see https://mosquitto.org/documentation/authentication-methods/
        W | Warning: Mosquitto should not be run as root/administrator. | – | Warning: Mosquitto should not be run as root/administrator.
        W | Warning: Can't start in daemon mode in Windows. | – | Warning: Can't start in daemon mode in Windows.
        W | Unable to accept new connection, system socket count has been exceeded. Try increasing "ulimit -n" or equivalent. | ! – | Unable to accept new connection, system socket count has been exceeded. Try increasing "ulimit -n" or equivalent.
        W | Failed to associate persisted user ev3 with ACLs, likely due to changed ports while using a per_listener_settings configuration. | – | Failed to associate persisted user ev3 with ACLs, likely due to changed ports while using a per_listener_settings configuration.
        E | Error creating listener: Address already in use. | ! – | Error creating listener: Address already in use.
        E | Error loading dhparamfile "/x". | ! – | Error loading dhparamfile "/x".
        E | Error: Path to unix socket is too long "/x". | ! – | Error: Path to unix socket is too long "/x".
        E | Error: Server certificate/key are inconsistent. | ! – | Error: Server certificate/key are inconsistent.
        E | Error in fork: Cannot allocate memory | ! – | Error in fork: Cannot allocate memory
        E | Error in setsid: Operation not permitted | ! – | Error in setsid: Operation not permitted
        E | Error when reloading certificate '/c' or key '/k'. | ! – | Error when reloading certificate '/c' or key '/k'.
        E | Error opening acl file "/x". | ! – | Error opening acl file "/x".
        E | Error opening password file "/x". | ! – | Error opening password file "/x".
        E | Error: Invalid password hash for user ev3, removing entry. | ! – | Error: Invalid password hash for user ev3, removing entry.
        E | Error: Unable to open pwfile "/x". | ! – | Error: Unable to open pwfile "/x".
        E | Warning: Unable to drop privileges to 'mosquitto' because this user does not exist. Trying 'nobody' instead. | ! – | Warning: Unable to drop privileges to 'mosquitto' because this user does not exist. Trying 'nobody' instead.
        E | Error: Unrecognised command 240 | ! – | Error: Unrecognised command 240
        E | Error: Unable to create TLS context. | ! – | Error: Unable to create TLS context.
        E | Error: Unable to obtain TLS store. | ! – | Error: Unable to obtain TLS store.
        E | Error: Unsupported tls_version "tlsv1.9". | ! – | Error: Unsupported tls_version "tlsv1.9".
        E | Error: Couldn't open database. | ! – | Error: Couldn't open database.
        E | Error: Unable to create websockets listener on port 9001. | ! – | Error: Unable to create websockets listener on port 9001.
        E | Error: Unable to drop privileges to 'mosquitto' because this user does not exist. | ! – | Error: Unable to drop privileges to 'mosquitto' because this user does not exist.
        E | Error: Unable to drop privileges to 'nobody'. | ! – | Error: Unable to drop privileges to 'nobody'.
        E | Error: Unable to start any listening sockets, exiting. | ! – | Error: Unable to start any listening sockets, exiting.
        E | Error: Client certificate/key are inconsistent. | ! – | Error: Client certificate/key are inconsistent.
        E | Error: MOSQ_OPT_SSL_CTX_WITH_DEFAULTS used without specifying cafile, capath or psk. | ! – | Error: MOSQ_OPT_SSL_CTX_WITH_DEFAULTS used without specifying cafile, capath or psk.
        E | Error: Protocol mqttv9 not supported. | ! – | Error: Protocol mqttv9 not supported.
        E | Error: Unable to open http dir "/x". | ! – | Error: Unable to open http dir "/x".
        """#

    /// What mosquitto 2.1 writes.
    static let version21 = #"""
        N | New connection from 127.0.0.1:57028 on port 1883. | ? | opened a connection from 127.0.0.1:57028 to port 1883
        N | New client connected from 127.0.0.1:57036 as ID (p3, c1, k60). | ID | connected from 127.0.0.1:57036 (3.1, clean, keep-alive 60 s)
        N | New client connected from 127.0.0.1:57036 as ID (p4, c1, k60). | ID | connected from 127.0.0.1:57036 (3.1.1, clean, keep-alive 60 s)
        N | New client connected from 127.0.0.1:57036 as ID (p4, c0, k15, u'robot'). | ID | connected from 127.0.0.1:57036 as user robot (3.1.1, keeps its session, keep-alive 15 s)
        N | New client connected from 127.0.0.1:57036 as ID (p5, c1, k60). | ID | connected from 127.0.0.1:57036 (5.0, clean, keep-alive 60 s)
        N | New bridge connected from 10.0.0.7:40000 as lab.bridge (p4, c0, k60). | lab.bridge | connected as a bridge from 10.0.0.7:40000 (3.1.1, keeps its session, keep-alive 60 s)
        N | New bridge connected from 10.0.0.7:40000 as lab.bridge (p4, c0, k60, u'bridge'). | lab.bridge | connected as a bridge from 10.0.0.7:40000 as user bridge (3.1.1, keeps its session, keep-alive 60 s)
        N | Client ID negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384 | ID | encrypted with TLSv1.3 (TLS_AES_256_GCM_SHA384)
        N | Client ID [127.0.0.1:59450] disconnected. | ID | disconnected
        N | Client ID [127.0.0.1:59450] disconnected: connection closed by client. | ID | closed its connection without DISCONNECT
        N | Client 127.0.0.1 [127.0.0.1:59450] disconnected: connection closed by client. | ? | closed its connection before it logged in (127.0.0.1:59450)
        N | Client ID [127.0.0.1:59450] disconnected: not authorised. | ! ID | login refused
        N | Client ID [127.0.0.1:59450] disconnected: bad username or password. | ! ID | login refused: wrong user name or password
        N | Client ID [127.0.0.1:59450] disconnected: bad authentication method. | ! ID | login refused: unknown authentication method
        N | Client ID [127.0.0.1:59450] disconnected: client banned. | ! ID | login refused: banned
        N | Client ID [127.0.0.1:59450] disconnected: client identifier not valid. | ! ID | login refused: client identifier not valid
        N | Client ID [127.0.0.1:59450] disconnected: exceeded timeout. | ! ID | silent for longer than its keep-alive
        N | Client ID [127.0.0.1:59450] disconnected: session taken over. | ! ID | taken over — two devices use this client identifier, or it reconnected
        N | Client 127.0.0.1 [127.0.0.1:59450] disconnected: protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (127.0.0.1:59450)
        N | Client 127.0.0.1 [127.0.0.1:59450] disconnected: Protocol error. | ! ? | TLS failed (127.0.0.1:59450)
        N | Client ID [127.0.0.1:59450] disconnected: protocol error. | ! ID | broke the MQTT protocol
        N | Client ID [127.0.0.1:59450] disconnected: malformed packet. | ! ID | sent a malformed packet
        N | Client ID [127.0.0.1:59450] disconnected: oversize packet. | ! ID | sent a packet larger than max_packet_size
        N | Client ID [127.0.0.1:59450] disconnected: oversize payload. | ! ID | sent a payload larger than message_size_limit
        N | Client ID [127.0.0.1:59450] disconnected: out of memory. | ! ID | disconnected: the broker has no memory left
        N | Client ID [127.0.0.1:59450] disconnected: quota exceeded. | ! ID | turned away: quota exceeded
        N | Client ID [127.0.0.1:59450] disconnected: connection rate exceeded. | ! ID | turned away: connection rate exceeded
        N | Client ID [127.0.0.1:59450] disconnected: server busy. | ! ID | turned away: server busy
        N | Client ID [127.0.0.1:59450] disconnected: server unavailable. | ! ID | turned away: server unavailable
        N | Client ID [127.0.0.1:59450] disconnected: receive maximum exceeded. | ! ID | sent more unacknowledged messages than allowed
        N | Client ID [127.0.0.1:59450] disconnected: topic alias invalid. | ! ID | used a Topic Alias that is not valid
        N | Client ID [127.0.0.1:59450] disconnected: administrative action. | ! ID | disconnected by an administrator
        N | Client ID [127.0.0.1:59450] disconnected: implementation specific error. | ! ID | disconnected: implementation specific error
        N | Client ID [127.0.0.1:59450] disconnected: non-matching http origin. | ! ID | turned away: a web page of another origin
        N | Client ID [127.0.0.1:59450] disconnected: bad socket read/write: Invalid input | ! ID | turned away: Invalid input (keep-alive longer than max_keepalive?)
        N | Client ID [127.0.0.1:59450] disconnected: bad socket read/write: Connection reset by peer | ID | its connection broke: Connection reset by peer
        N | Client ID [127.0.0.1:59450] disconnected: used disallowed feature (QoS too high, retain not supported, or bad AUTH method). | ! ID | asked for something that the broker does not allow (QoS, RETAIN, protocol version, AUTH)
        N | Client ID [::1:59450] disconnected. | ID | disconnected
        N | Client ::1 [::1:59450] disconnected: not authorised. | ! ? | login refused ([::1]:59450)
        N | Client from 127.0.0.1:48974 appears to be using TLS to connect to a non-TLS listener. | ! ? | tried TLS on a port without TLS (127.0.0.1:48974)
        E | OpenSSL Error while trying to get the error[0]: error:0A00010B:SSL routines::wrong version number | ! ? | TLS failed: plain MQTT on a TLS port, or no TLS at all
        E | OpenSSL Error while trying to get the error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca | ! ? | TLS failed: the client does not trust the broker's certificate (unknown CA)
        I | Protocol error from 127.0.0.1:48974: First packet not CONNECT (47). | ! ? | is no MQTT client: probably a web client (HTTP) (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: First packet not CONNECT (16). | ! ? | is no MQTT client: it speaks TLS (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: First packet not CONNECT (30). | ! ? | is no MQTT client: its first byte is 0x30, not CONNECT (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with invalid protocol "XQTT". | ! ? | asked for the protocol "XQTT", which is not MQTT (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with invalid protocol version (9). | ! ? | asked for protocol version 9, which the broker does not speak (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with incorrect protocol string length (3). | ! ? | broke the protocol: CONNECT with incorrect protocol string length (3) (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with invalid Will QoS (3). | ! ? | broke the protocol: CONNECT with invalid Will QoS (3) (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with missing connect flags. | ! ? | broke the protocol: CONNECT with missing connect flags (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with zero length clientid when forbidden. | ! ? | broke the protocol: CONNECT with zero length clientid when forbidden (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: v3.1 CONNECT with zero length clientid. | ! ? | broke the protocol: v3.1 CONNECT with zero length clientid (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974 CONNECT with missing clientid string. | ! ? | broke the protocol: CONNECT with missing clientid string (127.0.0.1:48974)
        I | Protocol error from ID: CONNECT packet with overlong remaining length (3:2). | ! ID | broke the protocol: CONNECT packet with overlong remaining length (3:2)
        I | Protocol error from ID: CONNECT with password flag but no password. | ! ID | broke the protocol: CONNECT with password flag but no password
        I | Protocol error from ID: CONNECT packet invalid property (38). | ! ID | broke the protocol: CONNECT packet invalid property (38)
        I | Protocol error from ID: Will with empty topic. | ! ID | broke the protocol: Will with empty topic
        I | Protocol error from ID: Mismatched QoS (1:2) when deleting outgoing message. | ! ID | broke the protocol: Mismatched QoS (1:2) when deleting outgoing message
        I | Protocol error from ID: Incorrect QoS (1) when releasing incoming message. | ! ID | broke the protocol: Incorrect QoS (1) when releasing incoming message
        I | Protocol error from ID: $share subscription with no-local set. | ! ID | broke the protocol: $share subscription with no-local set
        I | Protocol error from ID: SUBSCRIBE packet with invalid properties. | ! ID | broke the protocol: SUBSCRIBE packet with invalid properties
        I | Protocol error from ID: UNSUBSCRIBE before session is active. | ! ID | broke the protocol: UNSUBSCRIBE before session is active
        I | Protocol error from ID: PUBLISH packet with mid = 0. | ! ID | broke the protocol: PUBLISH packet with mid = 0
        I | Protocol error from ID: DISCONNECT packet with incorrect flags 01. | ! ID | broke the protocol: DISCONNECT packet with incorrect flags 01
        E | Protocol error from ID: password without username, closing connection. | ! ID | broke the protocol: password without username, closing connection
        I | ID sent CONNECT with missing keepalive. | ! ID | broke the protocol: CONNECT without keep-alive
        N | Bad client 127.0.0.1:48974 sending multiple CONNECT messages. | ! ? | sent CONNECT twice (127.0.0.1:48974)
        I | Invalid PUBLISH (QoS=0 and DUP=1) from ID, disconnecting. | ! ID | disconnected: invalid PUBLISH (QoS=0 and DUP=1)
        I | Invalid QoS in PUBLISH from ID, disconnecting. | ! ID | disconnected: invalid QoS in PUBLISH
        I | Too high QoS in PUBLISH from ID, disconnecting. | ! ID | disconnected: too high QoS in PUBLISH
        I | Invalid subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid subscription string (127.0.0.1)
        W | Client ID has exceeded its receive-maximum quota. This behaviour must be fixed on the client. | ! ID | broke the protocol: more unacknowledged messages than its Receive Maximum
        W | Reused message ID 7 from ID detected. Clearing from storage. | ! ID | broke the protocol: Packet Identifier 7 used twice
        N | Outgoing messages are being dropped for client ID. | ! ID | the broker drops messages for it: it takes them too slowly
        N | Expiring client ID due to timeout. | ID | its session expired
        N | Client connection from 127.0.0.1 denied: max_connections exceeded. | ! ? | turned away (127.0.0.1): the broker is full (max_connections)
        I | Saving in-memory database to /var/lib/mosquitto/mosquitto.db. | – | saving retained messages and sessions to /var/lib/mosquitto/mosquitto.db
        E | Error saving in-memory database, unable to open /var/lib/mosquitto/mosquitto.db.new for writing, error Permission denied | ! – | Error saving in-memory database, unable to open /var/lib/mosquitto/mosquitto.db.new for writing, error Permission denied
        E | Error during saving in-memory database /var/lib/mosquitto/mosquitto.db: No space left on device. | ! – | Error during saving in-memory database /var/lib/mosquitto/mosquitto.db: No space left on device.
        I | Reloading config. | – | reading its configuration again
        I | mosquitto version 2.1.2 starting | – | mosquitto 2.1.2 is starting
        I | mosquitto version 2.1.2 running | – | mosquitto 2.1.2 is running
        I | mosquitto version 2.1.2 terminating | ! – | mosquitto 2.1.2 is shutting down
        I | Config loaded from /etc/mosquitto/mosquitto.conf. | – | Config loaded from /etc/mosquitto/mosquitto.conf.
        I | Configuration file is OK. | – | Configuration file is OK.
        I | Info: running mosquitto as user: mosquitto. | – | Info: running mosquitto as user: mosquitto.
        I | Info: running mosquitto as user id: 1883. | – | Info: running mosquitto as user id: 1883.
        I | Bridge support available. | – | Bridge support available.
        I | Persistence support NOT available. | – | Persistence support NOT available.
        I | TLS-PSK support available. | – | TLS-PSK support available.
        I | Websockets support NOT available. | – | Websockets support NOT available.
        I | Plugin builtin-security has registered to receive 'basic-auth' events. | – | Plugin builtin-security has registered to receive 'basic-auth' events.
        I | Opening ipv4 listen socket on port 1883. | – | listening on port 1883 (ipv4)
        I | Opening http api listen socket on port 9883. | – | listening on port 9883 (http api)
        N | Note: It is recommended to replace `message_size_limit` with `max_packet_size`. | – | Note: It is recommended to replace `message_size_limit` with `max_packet_size`.
        N | The 'per_listener_settings' option is now deprecated and will be removed in version 3.0. | – | The 'per_listener_settings' option is now deprecated and will be removed in version 3.0.
        N | TLS key logging is for DEBUGGING only. | – | TLS key logging is for DEBUGGING only.
        N | TLS key logging to '/x' enabled for all listeners. | – | TLS key logging to '/x' enabled for all listeners.
        N | MOSQUITTO_UNSAFE_ALLOW_SYMLINKS is set, loading of sensitive files through symbolic links is allowed. | – | MOSQUITTO_UNSAFE_ALLOW_SYMLINKS is set, loading of sensitive files through symbolic links is allowed.
        W | Warning: File /etc/mosquitto/pwfile has world readable permissions. Future versions will refuse to load this file.⏎To fix this, use `chmod 0700 /etc/mosquitto/pwfile`. | – | Warning: File /etc/mosquitto/pwfile has world readable permissions. Future versions will refuse to load this file. To fix this, use `chmod 0700 /etc/mosquitto/pwfile`.
        W | To fix this, use `chmod 0700 /etc/mosquitto/pwfile`. | – | To fix this, use `chmod 0700 /etc/mosquitto/pwfile`.
        W | Warning: Unable to increase maximum allowed connections. This session may be limited to 512 connections. | – | Warning: Unable to increase maximum allowed connections. This session may be limited to 512 connections.
        W | Warning: CA path option is not supported for websockets | – | Warning: CA path option is not supported for websockets
        E | password-file: Error: Unable to open pwfile "/x". | ! – | password-file: Error: Unable to open pwfile "/x".
        E | Error: max_inflight must not be less than 1 | ! – | Error: max_inflight must not be less than 1
        E | Please provide a configuration file to test. | ! – | Please provide a configuration file to test.
        I | Error: Unable to open keylog file: /x | – | Error: Unable to open keylog file: /x
        I | Protocol error from ID: CONNECT with username flag but no username. | ! ID | broke the protocol: CONNECT with username flag but no username
        I | Protocol error from ID: CONNECT without Will with non-zero QoS (1) or retain (1). | ! ID | broke the protocol: CONNECT without Will with non-zero QoS (1) or retain (1)
        I | Protocol error from 127.0.0.1:48974: CONNECT with missing protocol string length. | ! ? | broke the protocol: CONNECT with missing protocol string length (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with missing protocol string. | ! ? | broke the protocol: CONNECT with missing protocol string (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with missing protocol version. | ! ? | broke the protocol: CONNECT with missing protocol version (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with non-zero connect reserved flag (01). | ! ? | broke the protocol: CONNECT with non-zero connect reserved flag (01) (127.0.0.1:48974)
        I | Protocol error from 127.0.0.1:48974: CONNECT with non-zero reserved flags (01). | ! ? | broke the protocol: CONNECT with non-zero reserved flags (01) (127.0.0.1:48974)
        E | Error creating listener: Address already in use. | ! – | Error creating listener: Address already in use.
        E | Error: Path to unix socket is too long "/x". | ! – | Error: Path to unix socket is too long "/x".
        E | Error: Server certificate/key are inconsistent. | ! – | Error: Server certificate/key are inconsistent.
        E | Error: Unable to create TLS context. | ! – | Error: Unable to create TLS context.
        E | Error: Unable to obtain TLS store. | ! – | Error: Unable to obtain TLS store.
        E | Error: Unsupported tls_version "tlsv1.9". | ! – | Error: Unsupported tls_version "tlsv1.9".
        I | Error: keylog file must not be a symbolic link | – | Error: keylog file must not be a symbolic link
        I | Opening ipv6 listen socket on port 1883. | – | listening on port 1883 (ipv6)
        I | Opening unix listen socket on path /run/mqtt.sock. | – | listening on path /run/mqtt.sock (unix)
        N | Client connection from 127.0.0.1 denied access by tcpd. | ! ? | turned away (127.0.0.1): forbidden by hosts.deny
        W | Unable to accept new connection, system socket count has been exceeded. Try increasing "ulimit -n" or equivalent. | ! – | Unable to accept new connection, system socket count has been exceeded. Try increasing "ulimit -n" or equivalent.
        I | Protocol error from ID: Incorrect QoS (1) when deleting incoming message. | ! ID | broke the protocol: Incorrect QoS (1) when deleting incoming message
        I | Protocol error from ID: Mismatched QoS (3:2) when updating outgoing message. | ! ID | broke the protocol: Mismatched QoS (3:2) when updating outgoing message
        I | Protocol error from ID: Mismatched state (3:2) when deleting outgoing message. | ! ID | broke the protocol: Mismatched state (3:2) when deleting outgoing message
        E | Error in fork: Cannot allocate memory | ! – | Error in fork: Cannot allocate memory
        E | Error in setsid: Operation not permitted | ! – | Error in setsid: Operation not permitted
        E | Error: max_inflight must not be negative | ! – | Error: max_inflight must not be negative
        E | Error: user not a valid ID '-1' | ! – | Error: user not a valid ID '-1'
        E | Error: Couldn't open database. | ! – | Error: Couldn't open database.
        E | Error: Unable to drop privileges to 'mosquitto' because this user does not exist. | ! – | Error: Unable to drop privileges to 'mosquitto' because this user does not exist.
        E | Error: Unable to drop privileges to 'nobody'. | ! – | Error: Unable to drop privileges to 'nobody'.
        E | Warning: Unable to drop privileges to 'mosquitto' because this user does not exist. Trying 'nobody' instead. | ! – | Warning: Unable to drop privileges to 'mosquitto' because this user does not exist. Trying 'nobody' instead.
        I | Bridge support NOT available. | – | Bridge support NOT available.
        I | Persistence support available. | – | Persistence support available.
        I | TLS support NOT available. | – | TLS support NOT available.
        I | TLS support available. | – | TLS support available.
        I | TLS-PSK support NOT available. | – | TLS-PSK support NOT available.
        I | Using default config. | – | Using default config.
        I | Websockets support available. | – | Websockets support available.
        W | Warning: Can't start in daemon mode in Windows. | – | Warning: Can't start in daemon mode in Windows.
        W | Warning: Mosquitto should not be run as root/administrator. | – | Warning: Mosquitto should not be run as root/administrator.
        I | Empty subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: empty subscription string (127.0.0.1)
        I | Invalid QoS in subscription command from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid QoS in subscription command (127.0.0.1)
        I | Protocol error from ID: SUBSCRIBE before session is active. | ! ID | broke the protocol: SUBSCRIBE before session is active
        I | Empty unsubscription string from ID, disconnecting. | ! ID | disconnected: empty unsubscription string
        I | Invalid unsubscription string from ID, disconnecting. | ! ID | disconnected: invalid unsubscription string
        I | Protocol error from ID: UNSUBSCRIBE packet with invalid properties. | ! ID | broke the protocol: UNSUBSCRIBE packet with invalid properties
        E | Error: Client certificate/key are inconsistent. | ! – | Error: Client certificate/key are inconsistent.
        E | Error: If you use MOSQ_OPT_SSL_CTX then MOSQ_OPT_SSL_CTX_WITH_DEFAULTS must be true, or at least one of cafile, capath or psk must be specified. | ! – | Error: If you use MOSQ_OPT_SSL_CTX then MOSQ_OPT_SSL_CTX_WITH_DEFAULTS must be true, or at least one of cafile, capath or psk must be specified.
        E | Error: Protocol mqttv9 not supported. | ! – | Error: Protocol mqttv9 not supported.
        E | Error: Unrecognised command 240 | ! – | Error: Unrecognised command 240
        E | Error: Unable to open http dir "/x". | ! – | Error: Unable to open http dir "/x".
        I | Opening websockets listen socket on port 9001. | – | listening on port 9001 (websockets)
        I | Protocol error from ID: CONNECT packet with maximum-packet-size = 0. | ! ID | broke the protocol: CONNECT packet with maximum-packet-size = 0
        I | Protocol error from ID: CONNECT packet with receive-maximum = 0. | ! ID | broke the protocol: CONNECT packet with receive-maximum = 0
        I | Protocol error from ID: DISCONNECT packet with mismatched session-expiry-interval (3:2). | ! ID | broke the protocol: DISCONNECT packet with mismatched session-expiry-interval (3:2)
        I | Protocol error from ID: PUBLISH before session is active. | ! ID | broke the protocol: PUBLISH before session is active
        I | Protocol error from ID: PUBLISH invalid topic alias (1). | ! ID | broke the protocol: PUBLISH invalid topic alias (1)
        I | Protocol error from ID: PUBLISH with dup = 1. | ! ID | broke the protocol: PUBLISH with dup = 1
        I | Protocol error from ID: DISCONNECT packet with overlong remaining length (3:2). | ! ID | broke the protocol: DISCONNECT packet with overlong remaining length (3:2)
        """#
}
