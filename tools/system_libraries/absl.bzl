# SPDX-License-Identifier: Apache-2.0
"""Abseil, from libabsl-dev, with upstream's labels.

What a library links comes from the package's own pkg-config files: each becomes
a target of //pkgconfig, and its `Requires` the dependencies. Only the headers
have to be named here, package by package as upstream does. What they include in
turn are private headers of the target: layering_check still asks for the right
public label, and a sandbox holds what one compilation reads, not all of Abseil.
"""

load("//tools/system_libraries:overlay.bzl", "copy_headers", "multiarch_folder")

_DEBIAN_PACKAGE = "libabsl-dev"

# package -> target -> headers. A target whose headers this version of Abseil
# does not have is left out.
_PUBLIC = {
    "algorithm": {"algorithm": ["algorithm.h"], "container": ["container.h"]},
    "base": {
        "base": ["call_once.h", "casts.h"],
        "config": ["config.h", "options.h", "policy_checks.h"],
        "core_headers": [
            "attributes.h",
            "const_init.h",
            "macros.h",
            "optimization.h",
            "port.h",
            "thread_annotations.h",
        ],
        "dynamic_annotations": ["dynamic_annotations.h"],
        "log_severity": ["log_severity.h"],
        "nullability": ["nullability.h"],
    },
    "cleanup": {"cleanup": ["cleanup.h"]},
    "container": {
        "btree": ["btree_map.h", "btree_set.h"],
        "fixed_array": ["fixed_array.h"],
        "flat_hash_map": ["flat_hash_map.h"],
        "flat_hash_set": ["flat_hash_set.h"],
        "inlined_vector": ["inlined_vector.h"],
        "node_hash_map": ["node_hash_map.h"],
        "node_hash_set": ["node_hash_set.h"],
    },
    "debugging": {
        "failure_signal_handler": ["failure_signal_handler.h"],
        "leak_check": ["leak_check.h"],
        "stacktrace": ["stacktrace.h"],
        "symbolize": ["symbolize.h"],
    },
    "flags": {
        "commandlineflag": ["commandlineflag.h"],
        "config": ["usage_config.h"],
        "flag": ["declare.h", "flag.h"],
        "marshalling": ["marshalling.h"],
        "parse": ["parse.h"],
        "reflection": ["reflection.h"],
        "usage": ["usage.h"],
    },
    "functional": {
        "any_invocable": ["any_invocable.h"],
        "bind_front": ["bind_front.h"],
        "function_ref": ["function_ref.h"],
    },
    "hash": {"hash": ["hash.h"], "hash_testing": ["hash_testing.h"]},
    "memory": {"memory": ["memory.h"]},
    "meta": {"type_traits": ["type_traits.h"]},
    "numeric": {"bits": ["bits.h"], "int128": ["int128.h"]},
    "random": {
        "bit_gen_ref": ["bit_gen_ref.h"],
        "distributions": [
            "bernoulli_distribution.h",
            "beta_distribution.h",
            "discrete_distribution.h",
            "distributions.h",
            "exponential_distribution.h",
            "gaussian_distribution.h",
            "log_uniform_int_distribution.h",
            "poisson_distribution.h",
            "uniform_int_distribution.h",
            "uniform_real_distribution.h",
            "zipf_distribution.h",
        ],
        "random": ["random.h"],
        "seed_sequences": ["seed_gen_exception.h", "seed_sequences.h"],
    },
    "status": {
        "status": ["status.h", "status_payload_printer.h"],
        "statusor": ["statusor.h"],
    },
    "strings": {
        "cord": ["cord.h", "cord_analysis.h", "cord_buffer.h"],
        "str_format": ["str_format.h"],
        "strings": [
            "ascii.h",
            "charconv.h",
            "escaping.h",
            "match.h",
            "numbers.h",
            "str_cat.h",
            "str_join.h",
            "str_replace.h",
            "str_split.h",
            "string_view.h",
            "strip.h",
            "substitute.h",
        ],
    },
    "synchronization": {
        "synchronization": [
            "barrier.h",
            "blocking_counter.h",
            "mutex.h",
            "notification.h",
        ],
    },
    "time": {"time": ["civil_time.h", "clock.h", "time.h"]},
    "types": {
        "any": ["any.h", "bad_any_cast.h"],
        "compare": ["compare.h"],
        "optional": ["bad_optional_access.h", "optional.h"],
        "span": ["span.h"],
        "variant": ["bad_variant_access.h", "variant.h"],
    },
    "utility": {"utility": ["utility.h"]},
}

# Where upstream's label and the pkg-config file have different names.
_PKGCONFIG_NAMES = {
    "algorithm:container": "absl_algorithm_container",
    "flags:commandlineflag": "absl_flags_commandlineflag",
    "flags:config": "absl_flags_config",
    "flags:flag": "absl_flags",
    "flags:marshalling": "absl_flags_marshalling",
    "flags:parse": "absl_flags_parse",
    "flags:reflection": "absl_flags_reflection",
    "flags:usage": "absl_flags_usage",
    "random:bit_gen_ref": "absl_random_bit_gen_ref",
    "random:distributions": "absl_random_distributions",
    "random:random": "absl_random_random",
    "random:seed_sequences": "absl_random_seed_sequences",
}

def _pkgconfig_target(ctx, path, lib_folder):
    """The cc_library of one pkg-config file; links its library, if it has one."""
    name = path.basename[:-len(".pc")]
    requires = []
    linkopts = []
    srcs = []
    for line in ctx.read(path).splitlines():
        field, _, value = line.partition(":")
        if field == "Requires":
            for entry in value.split(","):
                requires.append(":" + entry.strip().split(" ")[0])
        elif field == "Libs":
            for flag in value.split(" "):
                if flag.startswith("-labsl_"):
                    library = "lib{}.a".format(flag[len("-l"):])
                    ctx.symlink(lib_folder + "/" + library, "pkgconfig/" + library)
                    srcs.append(library)
                elif flag.startswith("-l") or flag.startswith("-Wl,"):
                    linkopts.append(flag)
    return """cc_library(
    name = {name},
    srcs = {srcs},
    linkopts = {linkopts},
    deps = {deps},
)
""".format(
        name = repr(name),
        srcs = repr(srcs),
        linkopts = repr(linkopts),
        deps = repr([dep for dep in requires if dep != ":"]),
    )

def _pkgconfig_package(ctx):
    """Writes //pkgconfig; returns the names of its targets."""
    lib_folder = multiarch_folder(ctx)
    names = []
    targets = ["package(default_visibility = [\"//:__subpackages__\"])\n"]
    for path in ctx.path(lib_folder + "/pkgconfig").readdir():
        if path.basename.startswith("absl_") and path.basename.endswith(".pc"):
            names.append(path.basename[:-len(".pc")])
            targets.append(_pkgconfig_target(ctx, path, lib_folder))
    ctx.file("pkgconfig/BUILD", "\n".join(targets), executable = False)
    return names

def _direct_includes(ctx):
    """Which headers of Abseil each of them includes, all below include/."""
    result = ctx.execute([
        "grep",
        "--recursive",
        "--extended-regexp",
        "--only-matching",
        "^ *# *include +\"absl/[^\"]+\"",
        "include/absl",
    ])
    if result.return_code != 0:
        fail("grep failed: {}".format(result.stderr))
    includes = {}
    for line in result.stdout.splitlines():
        header, _, directive = line.partition(":")
        included = "include/" + directive.split("\"")[1]
        includes.setdefault(header, []).append(included)
    return includes

def _reached_headers(ctx, headers, includes):
    """What these headers include, directly or not, and they do not name."""
    reached = {header: True for header in headers}
    new = headers
    for _ in range(len(includes)):
        if not new:
            break
        new = {
            included: True
            for header in new
            for included in includes.get(header, [])
            if included not in reached and ctx.path(included).exists
        }.keys()
        reached.update([(header, True) for header in new])
    return sorted([header for header in reached if header not in headers])

def _public_package(ctx, package, targets, includes, pkgconfig_names):
    """Writes //absl/<package> with upstream's targets."""
    rules = ["package(default_visibility = [\"//visibility:public\"])\n"]
    for target, headers in targets.items():
        paths = ["include/absl/{}/{}".format(package, header) for header in headers]
        paths = [path for path in paths if ctx.path(path).exists]
        if not paths:
            continue
        pkgconfig_name = _PKGCONFIG_NAMES.get(
            "{}:{}".format(package, target),
            "absl_" + target,
        )
        deps = ["//:include_folder"]
        if pkgconfig_name in pkgconfig_names:
            deps.append("//pkgconfig:" + pkgconfig_name)
        rules.append("""cc_library(
    name = {name},
    srcs = {srcs},
    hdrs = {hdrs},
    deps = {deps},
)
""".format(
            name = repr(target),
            srcs = repr([
                "//:" + path
                for path in _reached_headers(ctx, paths, includes)
            ]),
            hdrs = repr(["//:" + path for path in paths]),
            deps = repr(deps),
        ))
    ctx.file("absl/{}/BUILD".format(package), "\n".join(rules), executable = False)

_ROOT_BUILD = """package(default_visibility = ["//:__subpackages__"])

exports_files(glob(["include/absl/**"]))

cc_library(
    name = "include_folder",
    includes = ["include"],
)
"""

def _absl_overlay_impl(ctx):
    copy_headers(ctx, "/usr/include/absl", "absl", _DEBIAN_PACKAGE)
    ctx.file(
        "WORKSPACE",
        "workspace(name = \"{}\")\n".format(ctx.name),
        executable = False,
    )
    ctx.file("BUILD", _ROOT_BUILD, executable = False)
    includes = _direct_includes(ctx)
    pkgconfig_names = _pkgconfig_package(ctx)
    for package, targets in _PUBLIC.items():
        _public_package(ctx, package, targets, includes, pkgconfig_names)

absl_overlay = repository_rule(
    implementation = _absl_overlay_impl,
    doc = "@com_google_absl over Debian's libabsl-dev.",
    # The machine's files may have changed since the last run: look again.
    local = True,
)
