# SPDX-License-Identifier: Apache-2.0
"""A Bazel repository over headers and libraries that Debian has installed.

Headers are copied, not linked: clang knows a header by its inode, and one that
is reached through /usr/include as well counts as a header of the compiler's,
which every target may include. A copy makes layering_check see who really
depends on the library. They lie below include/, which is searched as a system
folder, so that our warnings do not apply to them.
"""

def multiarch_folder(ctx):
    """The folder of the machine's libraries, /usr/lib/x86_64-linux-gnu."""
    machine = ctx.execute(["uname", "-m"]).stdout.strip()
    return "/usr/lib/{}-linux-gnu".format(machine)

def copy_headers(ctx, system_folder, folder, debian_package):
    """Copies a folder of headers to include/<folder> of the repository.

    Args:
      ctx: the repository's context.
      system_folder: where Debian has the headers, an absolute path.
      folder: what they are included as.
      debian_package: what to install if they are not there.
    """
    if not ctx.path(system_folder).exists:
        fail("{} is missing: install the Debian package {} (tools/setup does)."
            .format(system_folder, debian_package))
    target = str(ctx.path("include/" + folder))
    parent = target.rpartition("/")[0]
    for command in [
        ["mkdir", "-p", parent],
        ["cp", "-rL", system_folder, target],
    ]:
        result = ctx.execute(command)
        if result.return_code != 0:
            fail("{} failed: {}".format(command, result.stderr))

def link_library(ctx, name, debian_package):
    """Links lib/<name> to the library of that name of the machine."""
    path = ctx.path(multiarch_folder(ctx) + "/" + name)
    if not path.exists:
        fail("{} is missing: install the Debian package {} (tools/setup does)."
            .format(path, debian_package))
    ctx.symlink(path, "lib/" + name)

def _library_overlay_impl(ctx):
    for system_folder, folder in ctx.attr.headers.items():
        copy_headers(ctx, system_folder, folder, ctx.attr.debian_package)
    for name in ctx.attr.libraries:
        link_library(ctx, name, ctx.attr.debian_package)
    ctx.file(
        "WORKSPACE",
        "workspace(name = \"{}\")\n".format(ctx.name),
        executable = False,
    )
    ctx.template(
        "BUILD",
        ctx.attr.build_file,
        {"%{multiarch_folder}": multiarch_folder(ctx)},
        executable = False,
    )

library_overlay = repository_rule(
    implementation = _library_overlay_impl,
    attrs = {
        "build_file": attr.label(mandatory = True, allow_single_file = True),
        "debian_package": attr.string(mandatory = True),
        "headers": attr.string_dict(mandatory = True),
        "libraries": attr.string_list(),
    },
    doc = "Headers and libraries of Debian, with a BUILD file of our own.",
    # The machine's files may have changed since the last run: look again.
    local = True,
)
