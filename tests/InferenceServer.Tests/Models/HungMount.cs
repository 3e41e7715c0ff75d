using System.ComponentModel;
using System.Runtime.InteropServices;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Models;

/// <summary>
/// A mount that does not answer: a FUSE file system whose requests are never read (kernel.org, "FUSE"). Every access to it waits until it
/// is disposed.
/// </summary>
internal sealed partial class HungMount : IDisposable
{
    private const int ReadWrite = 2, CloseOnExec = 0x80000, NoPrograms = 2, NoDevices = 4, Detach = 2;
    private readonly string path;
    private int channel;

    public HungMount(string path)
    {
        this.path = path;
        channel = OpenFile("/dev/fuse", ReadWrite | CloseOnExec);
        if (channel >= 0 && Mount("none", path, "fuse", NoPrograms | NoDevices, $"fd={channel},rootmode=40000,user_id=0,group_id=0") == 0)
            return;
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        if (channel >= 0)
            _ = CloseFile(channel);
        throw new IOException($"a mount is not possible here: {error.Message}", error);
    }

    /// <summary>Gets whether this process may mount. It needs the rights of root and the device of FUSE.</summary>
    public static bool IsPossible()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using var directory = new TemporaryDirectory();
        try
        {
            new HungMount(Directory.CreateDirectory(directory["mount"]).FullName).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Ends all accesses with an error, and takes the mount away.</summary>
    public void Dispose()
    {
        if (channel < 0)
            return;
        _ = CloseFile(channel);
        channel = -1;
        _ = Unmount(path, Detach);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
