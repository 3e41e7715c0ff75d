using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeNetServe.Runtime.Devices;

/// <summary>
/// Turns ONNX Runtime's telemetry off. Since 1.29 its Linux build reports model names and weight hashes to its vendor. It does not if
/// ORT_DISABLE_TELEMETRY=1 is in the native environment before the first native call. On Unix, .NET's Environment.SetEnvironmentVariable
/// does not reach the native environment. The initializer runs before any other code of this assembly, and only this assembly can call
/// ONNX Runtime.
/// </summary>
public static partial class Telemetry
{
    /// <summary>The variable that ONNX Runtime reads.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Gets a value indicating whether the native environment of this process turns telemetry off.</summary>
    public static bool IsOff => OperatingSystem.IsWindows()
        ? Environment.GetEnvironmentVariable(Variable) == "1"
        : Marshal.PtrToStringUTF8(GetNative(Variable)) == "1";

#pragma warning disable CA2255 // Only a module initializer is certain to run before the library's first native call.
    [ModuleInitializer]
    internal static void TurnOff()
#pragma warning restore CA2255
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows())
            _ = SetNative(Variable, "1", 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNative(string name);
}
