import Foundation

/// Clients of another make: Python's paho-mqtt, each a script of its own.
package enum Paho {
    /// Subscribes to everything at QoS 2 and writes each message as a line of JSON; returns when it is subscribed.
    package static func subscriber(port: Int, version: Int, way: Way = .tcp) throws -> Program {
        let program = try run(
            way.script + """
                def on_connect(client, *rest):
                    client.subscribe("#", 2)

                def on_subscribe(client, *rest):
                    print("subscribed", flush=True)

                client.on_connect = on_connect
                client.on_subscribe = on_subscribe
                client.on_message = lambda client, userdata, message: print(json.dumps(told(message)), flush=True)
                client.connect("127.0.0.1", port)
                client.loop_forever()
                """, port: port, version: version)
        try program.waitFor("subscribed\n")
        return program
    }

    /// By what it reaches the broker.
    package enum Way: Sendable {
        /// TCP.
        case tcp
        /// TLS, trusting the authority in this file.
        case tls(authority: String)
        /// WebSocket.
        case webSocket
        /// WebSocket on TLS, trusting the authority in this file.
        case secureWebSocket(authority: String)

        /// What makes it so, in Python.
        fileprivate var script: String {
            let webSocket = #"client = mqtt.Client("", protocol=client._protocol, transport="websockets")"# + "\n"
            return switch self {
            case .tcp: ""
            case .tls(let authority): "client.tls_set('\(authority)')\n"
            case .webSocket: webSocket
            case .secureWebSocket(let authority): webSocket + "client.tls_set('\(authority)')\n"
            }
        }
    }

    /// Publishes the messages of `json`, a list, and ends when all are answered.
    package static func publish(_ json: String, port: Int, version: Int, way: Way = .tcp) throws {
        let program = try run(
            way.script + """
                client.connect("127.0.0.1", port)
                client.loop_start()
                for message in json.loads(sys.argv[3]):
                    client.publish(**read(message)).wait_for_publish()
                client.disconnect()
                client.loop_stop()
                """, port: port, version: version, json)
        let code = try program.waitForExit()
        guard code == 0 else { throw Program.Failure(description: "paho: \(code), \(program.text)") }
    }

    /// Connects with the message of `json` as its will, which is published `delay` seconds after it is killed; returns when
    /// it is connected.
    package static func mortal(_ json: String, delay: Int, port: Int, version: Int) throws -> Program {
        let program = try run(
            """
            will = read(json.loads(sys.argv[3]), PacketTypes.WILLMESSAGE)
            if is5:
                will["properties"].WillDelayInterval = int(sys.argv[4])
            client.will_set(**will)
            client.on_connect = lambda *rest: print("connected", flush=True)
            if is5:
                properties = Properties(PacketTypes.CONNECT)
                properties.SessionExpiryInterval = 60
                client.connect("127.0.0.1", port, properties=properties)
            else:
                client.connect("127.0.0.1", port)
            client.loop_forever()
            """, port: port, version: version, json, "\(delay)")
        try program.waitFor("connected\n")
        return program
    }

    private static func run(_ script: String, port: Int, version: Int, _ more: String...) throws -> Program {
        let program = try Program("/usr/bin/python3", ["-c", beginning + script, "\(port)", "\(version)"] + more)
        return program
    }

    /// What all scripts begin with: a client, and messages from and to JSON. Bytes are in hexadecimal there.
    private static let beginning = """
        import json, sys
        import paho.mqtt.client as mqtt
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        port = int(sys.argv[1])
        is5 = sys.argv[2] == "5"
        client = mqtt.Client(client_id="", protocol=mqtt.MQTTv5 if is5 else mqtt.MQTTv311)

        def read(message, section=PacketTypes.PUBLISH):
            result = dict(topic=message["topic"], payload=bytes.fromhex(message["payload"]), qos=message["qos"],
                          retain=message["retain"])
            if is5:
                properties = Properties(section)
                if "type" in message:
                    properties.ContentType = message["type"]
                    properties.ResponseTopic = message["response"]
                    properties.CorrelationData = bytes.fromhex(message["correlation"])
                    properties.MessageExpiryInterval = message["expiry"]
                    properties.UserProperty = [tuple(pair) for pair in message["user"]]
                result["properties"] = properties
            return result

        def told(message):
            result = dict(topic=message.topic, payload=message.payload.hex(), qos=message.qos,
                          retain=bool(message.retain))
            properties = message.properties if is5 else None
            if properties and hasattr(properties, "ContentType"):
                result["type"] = properties.ContentType
                result["response"] = properties.ResponseTopic
                result["correlation"] = properties.CorrelationData.hex()
                result["expiry"] = properties.MessageExpiryInterval
                result["user"] = [list(pair) for pair in properties.UserProperty]
            return result


        """
}
