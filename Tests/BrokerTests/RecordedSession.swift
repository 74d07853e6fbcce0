/// What a monitor called `monitor` received from a mosquitto 2.0.11 within half a minute of everything that can happen to
/// it, and what is made of it: severity | line | client, after `!` when it is an alarm | words.
enum RecordedSession {
    /// All lines in their order.
    static let lines = #"""
        M/subscribe | 1795492503: monitor 0 $SYS/# | monitor | subscribed to $SYS/# (QoS 0)
        N | 1795492504: New connection from 127.0.0.1:48492 on port 1883. | ? | opened a connection from 127.0.0.1:48492 to port 1883
        N | 1795492504: New client connected from 127.0.0.1:48492 as plain (p2, c1, k60). | plain | connected from 127.0.0.1:48492 (3.1.1, clean, keep-alive 60 s)
        N | 1795492504: Client plain disconnected. | plain | disconnected
        N | 1795492504: New connection from 127.0.0.1:48496 on port 1883. | ? | opened a connection from 127.0.0.1:48496 to port 1883
        N | 1795492504: New client connected from 127.0.0.1:48496 as user (p2, c1, k60, u'robot'). | user | connected from 127.0.0.1:48496 as user robot (3.1.1, clean, keep-alive 60 s)
        N | 1795492504: Client user disconnected. | user | disconnected
        N | 1795492504: New connection from 127.0.0.1:48498 on port 1883. | ? | opened a connection from 127.0.0.1:48498 to port 1883
        N | 1795492504: New client connected from 127.0.0.1:48498 as v31 (p1, c1, k60). | v31 | connected from 127.0.0.1:48498 (3.1, clean, keep-alive 60 s)
        N | 1795492504: Client v31 disconnected. | v31 | disconnected
        N | 1795492504: New connection from 127.0.0.1:48504 on port 1883. | ? | opened a connection from 127.0.0.1:48504 to port 1883
        N | 1795492504: New client connected from 127.0.0.1:48504 as five (p5, c0, k0). | five | connected from 127.0.0.1:48504 (5.0, keeps its session, no keep-alive)
        N | 1795492504: Client five disconnected. | five | disconnected
        N | 1795492505: New connection from ::1:49208 on port 1883. | ? | opened a connection from [::1]:49208 to port 1883
        N | 1795492505: New client connected from ::1:49208 as six (p2, c1, k60). | six | connected from [::1]:49208 (3.1.1, clean, keep-alive 60 s)
        N | 1795492505: Client six disconnected. | six | disconnected
        N | 1795492505: New connection from /run/lab/sock:0 on port 0. | ? | opened a connection to the socket /run/lab/sock
        N | 1795492505: New client connected from /run/lab/sock:0 as unixer (p2, c1, k60). | unixer | connected from /run/lab/sock (3.1.1, clean, keep-alive 60 s)
        N | 1795492505: Client unixer disconnected. | unixer | disconnected
        N | 1795492505: New connection from 127.0.0.1:48510 on port 1883. | ? | opened a connection from 127.0.0.1:48510 to port 1883
        N | 1795492505: New client connected from 127.0.0.1:48510 as dropper (p2, c1, k60). | dropper | connected from 127.0.0.1:48510 (3.1.1, clean, keep-alive 60 s)
        N | 1795492505: Client dropper closed its connection. | dropper | closed its connection without DISCONNECT
        N | 1795492505: New connection from 127.0.0.1:48526 on port 1883. | ? | opened a connection from 127.0.0.1:48526 to port 1883
        N | 1795492505: New client connected from 127.0.0.1:48526 as rst (p2, c1, k60). | rst | connected from 127.0.0.1:48526 (3.1.1, clean, keep-alive 60 s)
        N | 1795492505: Client rst closed its connection. | rst | closed its connection without DISCONNECT
        N | 1795492505: New connection from 127.0.0.1:48530 on port 1883. | ? | opened a connection from 127.0.0.1:48530 to port 1883
        N | 1795492505: Client <unknown> disconnected, not authorised. | ! ? | login refused (probably 127.0.0.1:48530)
        N | 1795492506: New connection from 127.0.0.1:48540 on port 1883. | ? | opened a connection from 127.0.0.1:48540 to port 1883
        N | 1795492506: Client <unknown> disconnected, not authorised. | ! ? | login refused (probably 127.0.0.1:48540)
        N | 1795492506: New connection from 127.0.0.1:48554 on port 1883. | ? | opened a connection from 127.0.0.1:48554 to port 1883
        N | 1795492506: New client connected from 127.0.0.1:48554 as uav1 (p2, c1, k60). | uav1 | connected from 127.0.0.1:48554 (3.1.1, clean, keep-alive 60 s)
        N | 1795492506: New connection from 127.0.0.1:48558 on port 1883. | ? | opened a connection from 127.0.0.1:48558 to port 1883
        E | 1795492506: Client uav1 already connected, closing old connection. | ! uav1 | taken over by 127.0.0.1:48558 — two devices use this client identifier, or it reconnected
        N | 1795492506: New client connected from 127.0.0.1:48558 as uav1 (p2, c1, k60). | uav1 | connected from 127.0.0.1:48558 (3.1.1, clean, keep-alive 60 s)
        N | 1795492506: New connection from 127.0.0.1:48566 on port 1883. | ? | opened a connection from 127.0.0.1:48566 to port 1883
        E | 1795492506: Client uav1 already connected, closing old connection. | ! uav1 | taken over by 127.0.0.1:48566 — two devices use this client identifier (2 times in a row)
        N | 1795492506: New client connected from 127.0.0.1:48566 as uav1 (p5, c1, k60). | uav1 | connected from 127.0.0.1:48566 (5.0, clean, keep-alive 60 s)
        N | 1795492506: Client uav1 disconnected. | uav1 | disconnected
        N | 1795492510: New connection from 127.0.0.1:33706 on port 1883. | ? | opened a connection from 127.0.0.1:33706 to port 1883
        N | 1795492510: Client <unknown> disconnected, not authorised. | ! ? | login refused (probably 127.0.0.1:33706)
        N | 1795492510: New connection from 127.0.0.1:33714 on port 1883. | ? | opened a connection from 127.0.0.1:33714 to port 1883
        N | 1795492510: New client connected from 127.0.0.1:33714 as sleeper (p2, c1, k1). | sleeper | connected from 127.0.0.1:33714 (3.1.1, clean, keep-alive 1 s)
        N | 1795492510: New connection from 127.0.0.1:33722 on port 1883. | ? | opened a connection from 127.0.0.1:33722 to port 1883
        N | 1795492510: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33722)
        N | 1795492510: New connection from 127.0.0.1:33738 on port 1883. | ? | opened a connection from 127.0.0.1:33738 to port 1883
        N | 1795492510: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33738)
        N | 1795492511: New connection from 127.0.0.1:33742 on port 1883. | ? | opened a connection from 127.0.0.1:33742 to port 1883
        I | 1795492511: Invalid protocol version 9 in CONNECT from 127.0.0.1. | ! ? | asked for protocol version 9, which the broker does not speak (127.0.0.1)
        N | 1795492511: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33742)
        N | 1795492511: New connection from 127.0.0.1:33754 on port 1883. | ? | opened a connection from 127.0.0.1:33754 to port 1883
        I | 1795492511: Invalid protocol "XQTT" in CONNECT from 127.0.0.1. | ! ? | asked for the protocol "XQTT", which is not MQTT (127.0.0.1)
        N | 1795492511: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33754)
        N | 1795492511: New connection from 127.0.0.1:33768 on port 1883. | ? | opened a connection from 127.0.0.1:33768 to port 1883
        N | 1795492511: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33768)
        N | 1795492511: New connection from 127.0.0.1:33770 on port 1883. | ? | opened a connection from 127.0.0.1:33770 to port 1883
        E | 1795492511: Protocol error from nopwuser: password without username, closing connection. | ! nopwuser | broke the protocol: password without username, closing connection
        N | 1795492511: Client <unknown> disconnected due to protocol error. | ! ? | broke the MQTT protocol before it logged in: no MQTT client? (probably 127.0.0.1:33770)
        N | 1795492511: New connection from 127.0.0.1:33784 on port 1883. | ? | opened a connection from 127.0.0.1:33784 to port 1883
        N | 1795492511: New client connected from 127.0.0.1:33784 as twice (p2, c1, k60). | twice | connected from 127.0.0.1:33784 (3.1.1, clean, keep-alive 60 s)
        N | 1795492511: Bad client twice sending multiple CONNECT messages. | ! twice | sent CONNECT twice
        N | 1795492511: Client twice disconnected due to protocol error. | ! twice | broke the MQTT protocol
        N | 1795492512: New connection from 127.0.0.1:33788 on port 1883. | ? | opened a connection from 127.0.0.1:33788 to port 1883
        N | 1795492512: New client connected from 127.0.0.1:33788 as badsub (p2, c1, k60). | badsub | connected from 127.0.0.1:33788 (3.1.1, clean, keep-alive 60 s)
        I | 1795492512: Invalid subscription string from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid subscription string (127.0.0.1)
        N | 1795492512: Client badsub disconnected due to malformed packet. | ! badsub | sent a malformed packet
        N | 1795492512: New connection from 127.0.0.1:33796 on port 1883. | ? | opened a connection from 127.0.0.1:33796 to port 1883
        N | 1795492512: New client connected from 127.0.0.1:33796 as emptysub (p2, c1, k60). | emptysub | connected from 127.0.0.1:33796 (3.1.1, clean, keep-alive 60 s)
        N | 1795492512: Client emptysub disconnected due to malformed packet. | ! emptysub | sent a malformed packet
        N | 1795492512: New connection from 127.0.0.1:33802 on port 1883. | ? | opened a connection from 127.0.0.1:33802 to port 1883
        N | 1795492512: New client connected from 127.0.0.1:33802 as badqos (p2, c1, k60). | badqos | connected from 127.0.0.1:33802 (3.1.1, clean, keep-alive 60 s)
        I | 1795492512: Invalid QoS in subscription command from 127.0.0.1, disconnecting. | ! ? | disconnected: invalid QoS in subscription command (127.0.0.1)
        N | 1795492512: Client badqos disconnected due to malformed packet. | ! badqos | sent a malformed packet
        N | 1795492512: New connection from 127.0.0.1:33810 on port 1883. | ? | opened a connection from 127.0.0.1:33810 to port 1883
        N | 1795492512: New client connected from 127.0.0.1:33810 as badunsub (p2, c1, k60). | badunsub | connected from 127.0.0.1:33810 (3.1.1, clean, keep-alive 60 s)
        I | 1795492512: Invalid unsubscription string from badunsub, disconnecting. | ! badunsub | disconnected: invalid unsubscription string
        N | 1795492512: Client badunsub disconnected due to malformed packet. | ! badunsub | sent a malformed packet
        N | 1795492512: New connection from 127.0.0.1:33820 on port 1883. | ? | opened a connection from 127.0.0.1:33820 to port 1883
        N | 1795492512: New client connected from 127.0.0.1:33820 as emptyunsub (p2, c1, k60). | emptyunsub | connected from 127.0.0.1:33820 (3.1.1, clean, keep-alive 60 s)
        I | 1795492512: Empty unsubscription string from emptyunsub, disconnecting. | ! emptyunsub | disconnected: empty unsubscription string
        N | 1795492512: Client emptyunsub disconnected due to malformed packet. | ! emptyunsub | sent a malformed packet
        N | 1795492513: New connection from 127.0.0.1:33822 on port 1883. | ? | opened a connection from 127.0.0.1:33822 to port 1883
        N | 1795492513: New client connected from 127.0.0.1:33822 as badpub (p2, c1, k60). | badpub | connected from 127.0.0.1:33822 (3.1.1, clean, keep-alive 60 s)
        I | 1795492513: Invalid QoS in PUBLISH from badpub, disconnecting. | ! badpub | disconnected: invalid QoS in PUBLISH
        N | 1795492513: Client badpub disconnected due to malformed packet. | ! badpub | sent a malformed packet
        N | 1795492513: New connection from 127.0.0.1:33830 on port 1883. | ? | opened a connection from 127.0.0.1:33830 to port 1883
        N | 1795492513: New client connected from 127.0.0.1:33830 as badpub2 (p2, c1, k60). | badpub2 | connected from 127.0.0.1:33830 (3.1.1, clean, keep-alive 60 s)
        N | 1795492513: Client badpub2 disconnected due to protocol error. | ! badpub2 | broke the MQTT protocol
        N | 1795492513: New connection from 127.0.0.1:33842 on port 1883. | ? | opened a connection from 127.0.0.1:33842 to port 1883
        N | 1795492513: New client connected from 127.0.0.1:33842 as dup0 (p2, c1, k60). | dup0 | connected from 127.0.0.1:33842 (3.1.1, clean, keep-alive 60 s)
        N | 1795492514: Client sleeper has exceeded timeout, disconnecting. | ! sleeper | silent for longer than its keep-alive
        N | 1795492516: Client dup0 closed its connection. | dup0 | closed its connection without DISCONNECT
        N | 1795492516: New connection from 127.0.0.1:39094 on port 1883. | ? | opened a connection from 127.0.0.1:39094 to port 1883
        N | 1795492516: New client connected from 127.0.0.1:39094 as reserved (p2, c1, k60). | reserved | connected from 127.0.0.1:39094 (3.1.1, clean, keep-alive 60 s)
        N | 1795492516: Client reserved disconnected due to protocol error. | ! reserved | broke the MQTT protocol
        N | 1795492516: New connection from 127.0.0.1:39110 on port 1883. | ? | opened a connection from 127.0.0.1:39110 to port 1883
        N | 1795492516: New client connected from 127.0.0.1:39110 as big4 (p2, c1, k60). | big4 | connected from 127.0.0.1:39110 (3.1.1, clean, keep-alive 60 s)
        N | 1795492516: Client big4 disconnected due to oversize packet. | ! big4 | sent a packet larger than max_packet_size
        N | 1795492517: New connection from 127.0.0.1:39112 on port 1883. | ? | opened a connection from 127.0.0.1:39112 to port 1883
        N | 1795492517: New client connected from 127.0.0.1:39112 as big5 (p5, c1, k60). | big5 | connected from 127.0.0.1:39112 (5.0, clean, keep-alive 60 s)
        N | 1795492517: Client big5 disconnected due to oversize packet. | ! big5 | sent a packet larger than max_packet_size
        N | 1795492517: New connection from 127.0.0.1:39116 on port 1883. | ? | opened a connection from 127.0.0.1:39116 to port 1883
        N | 1795492517: Client <unknown> closed its connection. | ? | closed its connection before it logged in (probably 127.0.0.1:39116)
        N | 1795492517: Client connection from 127.0.0.1 failed: error:0A00010B:SSL routines::wrong version number. | ! ? | turned away (127.0.0.1): plain MQTT on a TLS port, or no TLS at all
        N | 1795492517: New connection from 127.0.0.1:52598 on port 8883. | ? | opened a connection from 127.0.0.1:52598 to port 8883
        E | 1795492517: OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number | ! ? | TLS failed: plain MQTT on a TLS port, or no TLS at all
        N | 1795492517: Client <unknown> disconnected: Protocol error. | ! ? | TLS failed (probably 127.0.0.1:52598)
        N | 1795492518: Client connection from 127.0.0.1 failed: error:0A00009C:SSL routines::http request. | ! ? | turned away (127.0.0.1): a web client (HTTP) on a TLS port
        N | 1795492518: New connection from 127.0.0.1:52608 on port 8883. | ? | opened a connection from 127.0.0.1:52608 to port 8883
        E | 1795492518: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca | ! ? | TLS failed: the client does not trust the broker's certificate (unknown CA)
        N | 1795492518: Client <unknown> disconnected: Protocol error. | ! ? | TLS failed (probably 127.0.0.1:52608)
        N | 1795492518: New connection from 127.0.0.1:52624 on port 8883. | ? | opened a connection from 127.0.0.1:52624 to port 8883
        N | 1795492518: New client connected from 127.0.0.1:52624 as tlsclient (p2, c1, k60). | tlsclient | connected from 127.0.0.1:52624 (3.1.1, clean, keep-alive 60 s)
        N | 1795492518: Client tlsclient disconnected. | tlsclient | disconnected
        N | 1795492518: New connection from 127.0.0.1:52638 on port 8883. | ? | opened a connection from 127.0.0.1:52638 to port 8883
        N | 1795492518: New client connected from 127.0.0.1:52638 as tlsdropper (p2, c1, k60). | tlsdropper | connected from 127.0.0.1:52638 (3.1.1, clean, keep-alive 60 s)
        E | 1795492518: OpenSSL Error[0]: error:0A000126:SSL routines::unexpected eof while reading | ? | TLS failed: the connection ended without a TLS goodbye (usual when a client stops)
        N | 1795492518: Client tlsdropper closed its connection. | tlsdropper | closed its connection without DISCONNECT
        N | 1795492519: New connection from 127.0.0.1:39122 on port 1883. | ? | opened a connection from 127.0.0.1:39122 to port 1883
        N | 1795492519: New client connected from 127.0.0.1:39122 as will04 (p5, c1, k60). | will04 | connected from 127.0.0.1:39122 (5.0, clean, keep-alive 60 s)
        N | 1795492519: Client will04 disconnected. | will04 | disconnected
        N | 1795492519: New connection from 127.0.0.1:39134 on port 1883. | ? | opened a connection from 127.0.0.1:39134 to port 1883
        N | 1795492519: New client connected from 127.0.0.1:39134 as slowpoke (p2, c0, k60). | slowpoke | connected from 127.0.0.1:39134 (3.1.1, keeps its session, keep-alive 60 s)
        M/subscribe | 1795492519: slowpoke 1 flood/# | slowpoke | subscribed to flood/# (QoS 1)
        N | 1795492519: New connection from 127.0.0.1:39148 on port 1883. | ? | opened a connection from 127.0.0.1:39148 to port 1883
        N | 1795492519: New client connected from 127.0.0.1:39148 as flooder (p2, c1, k60). | flooder | connected from 127.0.0.1:39148 (3.1.1, clean, keep-alive 60 s)
        N | 1795492519: Outgoing messages are being dropped for client slowpoke. | ! slowpoke | the broker drops messages for it: it takes them too slowly
        N | 1795492519: Client flooder closed its connection. | flooder | closed its connection without DISCONNECT
        N | 1795492519: New connection from 127.0.0.1:39150 on port 1883. | ? | opened a connection from 127.0.0.1:39150 to port 1883
        N | 1795492519: New client connected from 127.0.0.1:39150 as auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 (p2, c1, k60). | auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 | connected from 127.0.0.1:39150 (3.1.1, clean, keep-alive 60 s)
        M/subscribe | 1795492519: auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 0 hello/world | auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 | subscribed to hello/world (QoS 0)
        N | 1795492520: Client auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 disconnected. | auto-49A682E5-8D47-5EE3-08A9-04D9526EB466 | disconnected
        N | 1795492520: New connection from 127.0.0.1:39160 on port 1883. | ? | opened a connection from 127.0.0.1:39160 to port 1883
        N | 1795492520: New client connected from 127.0.0.1:39160 as auto-93F2CD45-2A00-B97B-6BDF-CD949660FE68 (p5, c1, k60, u'ev3'). | auto-93F2CD45-2A00-B97B-6BDF-CD949660FE68 | connected from 127.0.0.1:39160 as user ev3 (5.0, clean, keep-alive 60 s)
        I | 1795492520: Saving in-memory database to /run/lab//mosquitto.db. | – | saving retained messages and sessions to /run/lab//mosquitto.db
        N | 1795492520: Client auto-93F2CD45-2A00-B97B-6BDF-CD949660FE68 disconnected. | auto-93F2CD45-2A00-B97B-6BDF-CD949660FE68 | disconnected
        I | 1795492521: Reloading config. | – | reading its configuration again
        """#
}
