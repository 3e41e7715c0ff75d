using Microsoft.Extensions.Options;

namespace LeNetServe.Client;

internal sealed class LeNetServeClientOptionsValidation : IValidateOptions<LeNetServeClientOptions>
{
    public ValidateOptionsResult Validate(string? name, LeNetServeClientOptions options)
    {
        var faults = options.Faults().ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
