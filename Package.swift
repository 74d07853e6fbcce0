// swift-tools-version: 6.2
import PackageDescription

/// Whether the fuzzers are wanted: a plain build cannot link them, as their `main` is libFuzzer's.
let isFuzzing = Context.environment["MQSCOPE_FUZZ"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ] + (isFuzzing ? [.unsafeFlags(["-enable-testing"])] : [])

let cSettings: [CSetting] = [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

/// A module of this package and its test target.
func module(_ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = []) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings),
        .testTarget(
            name: name + "Tests", dependencies: [.byName(name: name)] + tests,
            exclude: ["Dashboard", "Commands"].contains(name) ? ["Golden"] : [], swiftSettings: swiftSettings),
    ]
}

/// A program that libFuzzer runs on what it makes up.
func fuzzer(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzSeeds", "MQTT", "MQTTCodec"] + dependencies, path: "Tests/Fuzz/" + folder,
        swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])])
}

/// The fuzzers, where they are wanted.
let fuzzers: [Target] =
    isFuzzing
    ? [
        .target(
            name: "FuzzSeeds", dependencies: ["MQTT", "MQTTCodec"], path: "Tests/Fuzz/Seeds",
            swiftSettings: swiftSettings),
        fuzzer("fuzz-broker", "Broker", ["Broker"]),
        fuzzer("fuzz-decoder", "Decoder", []),
        fuzzer("fuzz-session", "Session", ["MQTTClient"]),
    ] : []

let package = Package(
    name: "mqscope",
    products: [
        .executable(name: "mqscope", targets: ["mqscope"]),
        .library(name: "MQTTClient", targets: ["MQTTClient", "MQTT"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
    ],
    targets: [
        .target(name: "CLinux", cSettings: cSettings),
        .testTarget(name: "CLinuxTests", dependencies: ["CLinux"], swiftSettings: swiftSettings),
        .target(
            name: "CTerminal", cSettings: cSettings,
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "Themes", path: "themes",
            resources: [
                .embedInCode("default.toml"), .embedInCode("light.toml"),
                .embedInCode("high-contrast.toml"), .embedInCode("mono.toml"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "mqscope",
            dependencies: [
                "MQTT", "MQTTClient", "Monitor", "Broker", "Screen", "CLinux", "CursesTerminal", "Dashboard", "Themes",
                "Demo", "Doctor", "Commands", arguments, tomlKit, logging,
            ],
            swiftSettings: swiftSettings),
    ]
        + module("MQTT", [])
        + module("MQTTCodec", ["MQTT"], tests: ["MQTT"])
        + module(
            "MQTTClient", ["MQTT", "MQTTCodec", "CLinux", nioCore, nioPosix, nioTLS, nioSSL, nioHTTP, nioWebSocket],
            tests: [
                "MQTT", "MQTTCodec", "TestSupport", "CAllocationCount", nioCore, nioEmbedded, nioPosix, nioWebSocket,
            ])
        + module("Payloads", [])
        + module("Commands", ["MQTT", "Screen"], tests: ["MQTT"])
        + module("Monitor", ["MQTT"], tests: ["MQTT", "CAllocationCount"])
        + module("Broker", ["MQTT"], tests: ["MQTT", "TestSupport"])
        + module("Screen", ["CLinux"])
        + module("CursesTerminal", ["Screen", "CTerminal", "CLinux"], tests: ["Screen", "TestSupport"])
        + module(
            "Dashboard", ["MQTT", "Monitor", "Broker", "Payloads", "Screen"],
            tests: ["MQTT", "Monitor", "Broker", "Payloads", "Screen", "Themes", "Demo", "CAllocationCount"])
        + module(
            "Doctor", ["MQTT", "MQTTClient", "Broker", "CLinux"],
            tests: ["MQTT", "MQTTClient", "Broker", "TestSupport"])
        + module("Demo", ["MQTT", "MQTTClient", "CLinux"], tests: ["MQTT", "MQTTClient", "CLinux", "TestSupport"])
        + [
            .target(name: "CAllocationCount", path: "Tests/CAllocationCount", cSettings: cSettings),
            .executableTarget(
                name: "benchmarks",
                dependencies: ["MQTT", "MQTTCodec", "MQTTClient", "CLinux", arguments], path: "Tests/Benchmarks",
                swiftSettings: swiftSettings),
            .target(
                name: "CTestSupport", path: "Tests/CTestSupport", cSettings: cSettings,
                linkerSettings: [.linkedLibrary("util")]),
            .target(
                name: "TestSupport", dependencies: ["CTestSupport", "MQTT"], path: "Tests/TestSupport",
                swiftSettings: swiftSettings),
            .testTarget(
                name: "EndToEndTests", dependencies: ["TestSupport", "CTestSupport", "mqscope"],
                swiftSettings: swiftSettings),
            .testTarget(
                name: "mqscopeTests",
                dependencies: [
                    "mqscope", "TestSupport", "MQTT", "MQTTClient", "Monitor", "Broker", "Dashboard", "Screen",
                    "CLinux",
                    "Themes",
                    arguments, logging,
                ],
                swiftSettings: swiftSettings),
        ]
        + fuzzers
)

// The client alone with its tests: all that the sanitizers are for, and the compiler of Swift 6.3 cannot build Monitor for
// ThreadSanitizer.
if Context.environment["MQSCOPE_CLIENT"] != nil {
    let client: Set = ["MQTT", "MQTTCodec", "MQTTClient", "MQTTTests", "MQTTCodecTests", "MQTTClientTests"]
    let support: Set = ["CLinux", "CAllocationCount", "CTestSupport", "TestSupport"]
    package.targets.removeAll { !client.contains($0.name) && !support.contains($0.name) }
    package.products.removeAll { $0.name == "mqscope" }
}
