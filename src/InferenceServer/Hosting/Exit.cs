using LeNetServe.InferenceServer.Configuration;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The ends of a start that does not serve.</summary>
internal static class Exit
{
    /// <summary>Prints the settings.</summary>
    public static int Help(SettingsReader reader)
    {
        Console.Out.Write(SettingsHelp.Write(reader.Settings));
        return (int)ExitCode.Success;
    }

    /// <summary>Prints every fault in one message.</summary>
    public static int Faulty(SettingsReader reader)
    {
        Console.Error.WriteLine($"The configuration has {reader.Faults.Count} fault{(reader.Faults.Count == 1 ? "" : "s")}:{string.Concat(reader.Faults.Select(fault => $"\n  {fault}"))}");
        return (int)ExitCode.Usage;
    }

    /// <summary>Says that the configuration is sound.</summary>
    public static int Sound()
    {
        Console.Out.WriteLine("The configuration is sound.");
        return (int)ExitCode.Success;
    }

    /// <summary>A fault where CUDA was asked for and is missing.</summary>
    public static void RequireDevice(this SettingsReader reader, Device device)
    {
        if (device != Device.Cuda)
            return;
        try
        {
            ExecutionProviders.Resolve(device);
        }
        catch (InferenceException exception)
        {
            reader.Fault($"Device is \"cuda\": {exception.Message}");
        }
    }
}
