using System.Runtime.InteropServices;

namespace Pipeline.Storage.Objects.Folders;

/// <summary>What the base library lacks for files that must survive a power cut: a link that never overwrites, and the sync of a folder.</summary>
internal static partial class DurableFolder
{
    private const int ENoEnt = 2;
    private const int EExist = 17;
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False when that name is taken.</returns>
    internal static bool TryLink(string existing, string name)
    {
        if (Link(existing, name) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == EExist ? false : throw Failure("link", name, error);
    }

    /// <summary>Makes the names in a folder durable.</summary>
    internal static void Sync(string folder)
    {
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            throw Failure("open", folder, Marshal.GetLastPInvokeError());
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw Failure("fsync", folder, Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    // HResult is the number itself, as the base library's own exceptions have it.
    private static IOException Failure(string call, string path, int error)
    {
        var message = $"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error == ENoEnt ? new FileNotFoundException(message, path) : new IOException(message, error);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
